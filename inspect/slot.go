package inspect

import (
	"bytes"
	"context"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// slotCount is how many hash slots a cluster has.
const slotCount = 1 << 14

// Slot is the hash slot of a key in a cluster, as the Redis cluster
// specification has it: CRC16 (XMODEM) of the key, or of what is between its
// first { and the next }, unless that is nothing.
func Slot(key []byte) int {
	if _, behind, ok := bytes.Cut(key, []byte("{")); ok {
		if tag, _, ok := bytes.Cut(behind, []byte("}")); ok && len(tag) > 0 {
			key = tag
		}
	}
	var crc uint16
	for _, b := range key {
		crc = crc<<8 ^ crcTable[byte(crc>>8)^b]
	}
	return int(crc) % slotCount
}

var crcTable = func() (table [256]uint16) {
	const polynomial = 0x1021
	for i := range table {
		crc := uint16(i) << 8
		for range 8 {
			high := crc >> 15
			crc = crc<<1 ^ high*polynomial
		}
		table[i] = crc
	}
	return table
}()

// inSlotZero is a key of slot 0, like the empty key, for which go-redis takes
// any node.
const inSlotZero = "3560"

// masterOf is the node of a cluster that a key belongs to, by what go-redis
// knows of the slots: a cluster that has moved them says MOVED.
func (c *Client) masterOf(ctx context.Context, key []byte) (*redis.Client, error) {
	if len(key) == 0 {
		key = []byte(inSlotZero)
	}
	return c.cluster.MasterForKey(ctx, string(key))
}

// where returns the place of a key in a cluster, nil on a server alone.
func (c *Client) where(ctx context.Context, key []byte) (*Where, error) {
	if c.cluster == nil {
		return nil, nil
	}
	node, err := c.masterOf(ctx, key)
	if err != nil {
		return nil, c.lostErr(fmt.Errorf("find the master of a key: %w", err))
	}
	return &Where{Slot: Slot(key), Node: node.Options().Addr}, nil
}
