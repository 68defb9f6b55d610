package keyname

// Prefixes returns literal beginnings of names by convention that do not end in
// ":", so that a list can keep their keys together.
func Prefixes() []string {
	return []string{
		"flask_cache_", "celery-task-meta-", "celery-taskset-meta-", "_kombu.binding.", "unacked_", "superset_",
		"django-rq-", "laravel_database_", "laravel-database-", "laravel_cache_", "laravel-cache-", "wp_", "PHPREDIS_SESSION", "session_",
	}
}
