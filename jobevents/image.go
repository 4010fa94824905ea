package jobevents

import (
	"cmp"
	"fmt"
	"reflect"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/internal/pairid"
	"github.com/asyncpatterns/asyncpatterns/jobstore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// image is a job as the stream has it, by the names of its attributes.
type image map[string]types.AttributeValue

// UnmarshalDynamoDBAttributeValue keeps the attributes as they are.
func (m *image) UnmarshalDynamoDBAttributeValue(av types.AttributeValue) error {
	if item, ok := av.(*types.AttributeValueMemberM); ok {
		*m = item.Value
	}
	return nil
}

// same reports whether a client sees the same in both images. A renewal of the lease
// changes nothing that it sees but UpdatedAt.
func same(l *jobstore.Layout, a, b image) bool {
	for _, name := range []string{l.ID, l.Status, l.Output, l.Error, l.Canceled, l.Progress, l.ProgressMessage, l.CreatedAt, l.ExpiresAt} {
		if !reflect.DeepEqual(a[name], b[name]) {
			return false
		}
	}
	return true
}

type job[Out any] = jobstore.Job[struct{}, Out]

// decode returns the job in m, as far as a client sees it. An error names the attribute,
// and holds no value.
func decode[Out any](l *jobstore.Layout, m image) (*job[Out], error) {
	j, partition, created, updated, expires := new(job[Out]), "", "", "", attributevalue.UnixTime{}
	for _, a := range []struct {
		name string
		to   any
	}{
		{l.ID, &j.ID},
		{l.Partition, &partition},
		{l.Status, &j.Status},
		{l.Error, &j.Error},
		{l.Canceled, &j.Canceled},
		{l.Progress, &j.Progress},
		{l.ProgressMessage, &j.ProgressMessage},
		{l.Caller, &j.Caller},
		{l.Attempt, &j.Attempt},
		{l.Reports, &j.Reports},
		{l.CreatedAt, &created},
		{l.UpdatedAt, &updated},
		{l.ExpiresAt, &expires},
	} {
		if v, ok := m[a.name]; ok && !decodes(v, a.to) {
			return nil, fmt.Errorf("the record's %s does not decode", a.name)
		}
	}
	if v, ok := m[l.Output]; ok && !decodesOutput(l, v, &j.Output) {
		return nil, fmt.Errorf("the record's %s does not decode", l.Output)
	}
	if j.Status = status(l, string(j.Status)); !j.Status.Valid() {
		return nil, fmt.Errorf("the record's %s is not that of a job", l.Status)
	}
	if l.Partition != "" {
		var ok bool
		if j.ID, ok = pairid.Join(partition, j.ID); !ok {
			return nil, fmt.Errorf("the record's %s and %s are not the two parts of a job's ID: one is empty, or the second has a colon", l.Partition, l.ID)
		}
	}
	j.CreatedAt, j.UpdatedAt = driver.Date(created), driver.Date(updated)
	if t := time.Time(expires); !t.IsZero() {
		j.ExpiresAt = driver.Expiry(t.Unix())
	}
	return j, nil
}

// status returns that which the table spells so, if any.
func status(l *jobstore.Layout, spelled string) jobstore.Status {
	switch spelled {
	case cmp.Or(l.Pending, string(jobstore.Pending)):
		return jobstore.Pending
	case cmp.Or(l.Processing, string(jobstore.Processing)):
		return jobstore.Processing
	case cmp.Or(l.Complete, string(jobstore.Complete)):
		return jobstore.Complete
	case cmp.Or(l.Failed, string(jobstore.Failed)):
		return jobstore.Failed
	}
	return ""
}

func decodesOutput[Out any](l *jobstore.Layout, v types.AttributeValue, to *Out) bool {
	if l.JSON {
		return decodesJSON(v, to)
	}
	return decodes(v, to)
}

// decodes reads v as a store does. attributevalue panics on a type that it cannot fill.
func decodes(v types.AttributeValue, to any) (ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	return attributevalue.UnmarshalWithOptions(v, to, func(o *attributevalue.DecoderOptions) { o.UseEncodingUnmarshalers = true }) == nil
}
