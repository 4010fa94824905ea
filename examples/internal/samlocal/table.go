package samlocal

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const tableType = "AWS::DynamoDB::Table"

type table struct {
	name   string
	stream string // its ARN
}

// Table returns the name of a table by its logical ID.
func (s *Stack) Table(name string) string { return s.ref("Table", name) }

// Close deletes the tables.
func (s *Stack) Close() error {
	var errs []error
	for _, t := range s.tables {
		_, err := s.dynamodb().DeleteTable(context.WithoutCancel(s.ctx), &dynamodb.DeleteTableInput{TableName: &t.name})
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func (s *Stack) dynamodb() *dynamodb.Client { return dynamodb.NewFromConfig(s.config) }

func (s *Stack) addTable(name string, r *resource) {
	if r.kind != tableType {
		return
	}
	ttl := r.properties.object("TimeToLiveSpecification")
	t := &table{name: name + "-" + rand.Text()}
	in := &dynamodb.CreateTableInput{TableName: &t.name}
	if err := r.properties.decode(in); err != nil {
		s.failed(r.properties.path, "%v", err)
		return
	}
	if in.StreamSpecification != nil {
		in.StreamSpecification.StreamEnabled = aws.Bool(true)
	}
	if err := s.create(t, in); err != nil {
		s.failed(r.properties.path, "%v", err)
	}
	s.tables[name] = t
	s.switchOn(t, ttl)
}

// decode fills a request of the SDK, whose fields have the names of the properties. It
// fails for a property that has no field.
func (o *object) decode(in any) error {
	properties := map[string]any{}
	for _, name := range o.names() {
		var v any
		if err := o.take(name).Decode(&v); err != nil {
			return err
		}
		properties[name] = v
	}
	encoded, err := json.Marshal(properties)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(strings.NewReader(string(encoded)))
	decoder.DisallowUnknownFields()
	return decoder.Decode(in)
}

func (s *Stack) create(t *table, in *dynamodb.CreateTableInput) error {
	if _, err := s.dynamodb().CreateTable(s.ctx, in); err != nil {
		return err
	}
	wait := dynamodb.NewTableExistsWaiter(s.dynamodb(), func(o *dynamodb.TableExistsWaiterOptions) { o.MinDelay = 100 * time.Millisecond })
	out, err := wait.WaitForOutput(s.ctx, &dynamodb.DescribeTableInput{TableName: &t.name}, time.Minute)
	if err != nil {
		return err
	}
	t.stream = aws.ToString(out.Table.LatestStreamArn)
	return nil
}

// switchOn sets the table's time to live, if the template does.
func (s *Stack) switchOn(t *table, ttl *object) {
	attribute, enabled := ttl.text("AttributeName"), ttl.truth("Enabled")
	ttl.done()
	if !enabled {
		return
	}
	_, err := s.dynamodb().UpdateTimeToLive(s.ctx, &dynamodb.UpdateTimeToLiveInput{
		TableName:               &t.name,
		TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: &attribute, Enabled: &enabled},
	})
	if err != nil {
		s.failed(ttl.path, "%v", err)
	}
}
