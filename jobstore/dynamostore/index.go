package dynamostore

import (
	"fmt"
	"hash/fnv"
	"regexp"
	"strconv"

	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// shards is the number of partition keys that the index is spread over. One key takes
// 1,000 write units a second.
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
const shards = 16

// indexName is what DynamoDB accepts.
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GlobalSecondaryIndex.html
var indexName = regexp.MustCompile(`^[a-zA-Z0-9_.-]{3,255}$`)

// checkIndexes panics at a name that no index has, and at two with one name.
func (o *Options) checkIndexes(constructor string) {
	check := func(option, name string) {
		if name != "" && !indexName.MatchString(name) {
			panic(fmt.Sprintf("%s: Options.%s is %q, want 3 to 255 letters, digits, underscores, hyphens and dots", constructor, option, name))
		}
	}
	check("Index", o.Index)
	check("CallerIndex", o.CallerIndex)
	if o.Index != "" && o.Index == o.CallerIndex {
		panic(fmt.Sprintf("%s: Options.Index and CallerIndex are both %q", constructor, o.Index))
	}
}

// The index keys of a job, by the set that it is in.
func openShard(id string) string     { return indexKey(jobstore.UnfinishedJobs, shard(id)) }
func failedShard(id string) string   { return indexKey(jobstore.FailedJobs, shard(id)) }
func canceledShard(id string) string { return indexKey(jobstore.CanceledJobs, shard(id)) }

func indexKey(set jobstore.JobSet, shard int) string {
	name := string(set)
	if set == jobstore.UnfinishedJobs {
		name = "open"
	}
	return name + "-" + strconv.Itoa(shard)
}

func shard(id string) int {
	h := fnv.New32a()
	h.Write([]byte(id))
	return int(h.Sum32() % shards)
}

// indexed has u put the job into the index, under a key that it may have already.
func (s *Store[In, Out]) indexed(u *update, shard string) *update {
	if s.opts.Index == "" {
		return u
	}
	return u.assign("shard", str(shard))
}

// erring has u store an error, for readers and for operators, or none. What lists show of it
// is in the index.
func (s *Store[In, Out]) erring(u *update, public, detail string) *update {
	u.text("error", public).text("errorDetail", detail)
	if s.opts.Index == "" {
		return u
	}
	return u.text("errorExcerpt", driver.Excerpt(public, detail))
}

// projected are the attributes of the index beside its keys. Each changes only with writes
// that move the job in the index anyway.
func (a Attributes) projected() []string {
	return []string{a.Status, a.ClaimableFrom, a.ExpiresAt, a.HandOvers, a.HandedOverAt, a.Attempt, a.CreatedAt, a.ErrorExcerpt}
}

// unindexed has u take the job out of it.
func (s *Store[In, Out]) unindexed(u *update) *update {
	if s.opts.Index == "" {
		return u
	}
	return u.delete("shard")
}
