package dynamostore

import (
	"hash/fnv"
	"strconv"
)

// shards is the number of partition keys that the index is spread over. One key takes
// 1,000 write units a second.
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
const shards = 16

// openShard is the index key of an unfinished job, failedShard that of a failed one.
func openShard(id string) string   { return open + shard(id) }
func failedShard(id string) string { return "failed-" + shard(id) }

const open = "open-"

func shard(id string) string {
	h := fnv.New32a()
	h.Write([]byte(id))
	return strconv.Itoa(int(h.Sum32() % shards))
}
