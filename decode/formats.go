package decode

// foreignRows are the formats of other languages than Python, and what their
// frameworks put around them.
var foreignRows = joinRows(
	envelopeRows,
	symfonyRows,
	phpRows,
	javaRows,
	rubyRows,
	v8Rows,
	gobRows,
	avroRows,
	phpredisRows,
	npyRows,
	cacheControlRows,
)
