package dynamostore

import (
	"hash/fnv"
	"strconv"
)

// shards is the number of partition keys in the index of unfinished jobs. One key takes
// 1,000 write units a second.
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
const shards = 16

// shard is the index key of a job.
func shard(id string) string {
	h := fnv.New32a()
	h.Write([]byte(id))
	return strconv.Itoa(int(h.Sum32() % shards))
}
