package dynamostore

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/asyncpatterns/asyncpatterns/jobstore/driver"
)

// TableClient is what [CreateTable] needs of the DynamoDB client.
type TableClient interface {
	CreateTable(context.Context, *dynamodb.CreateTableInput, ...func(*dynamodb.Options)) (*dynamodb.CreateTableOutput, error)
	UpdateTimeToLive(context.Context, *dynamodb.UpdateTimeToLiveInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateTimeToLiveOutput, error)
	DescribeTable(context.Context, *dynamodb.DescribeTableInput, ...func(*dynamodb.Options)) (*dynamodb.DescribeTableOutput, error)
}

// tableName is the beginning of an ARN, or what DynamoDB accepts as a name. Tests and local
// servers have shorter names than the three characters that DynamoDB wants.
//
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
var tableName = regexp.MustCompile(`^(arn:aws[a-z-]*:dynamodb:[^\s$"]+|[a-zA-Z0-9_.-]{1,255})$`)

// checkTable refuses what a template has not filled in, which DynamoDB would refuse at each
// request.
func checkTable(constructor, table string) error {
	if table == "" {
		return errors.New(constructor + ": table is empty")
	}
	if !tableName.MatchString(table) {
		return fmt.Errorf("%s: table is %q, want the name of a table (3 to 255 letters, digits, underscores, hyphens and dots) or its ARN", constructor, table)
	}
	return nil
}

// CreateTable makes the table that a store with the same options needs, waits until it
// is active, and returns the ARN of its stream. The table has a stream of new and old
// images, TTL and on-demand capacity. A table that exists is not changed. CreateTable is
// for tests and local use. In production, define the table in a template.
//
// It fails when table is not the name of a table or an option is one that [New] fails for, and panics when client is nil or an option is out of
// range. IAM: dynamodb:CreateTable, dynamodb:UpdateTimeToLive and dynamodb:DescribeTable.
func CreateTable(ctx context.Context, client TableClient, table string, opts ...func(*Options)) (streamARN string, err error) {
	if client == nil {
		panic("dynamostore: CreateTable: client is nil")
	}
	o := options("dynamostore: CreateTable", opts)
	if err := driver.CheckRetention("dynamostore: CreateTable", o.Retention); err != nil {
		return "", err
	}
	if err := checkTable("dynamostore: CreateTable", table); err != nil {
		return "", err
	}
	_, err = call(ctx, o.Timeout, client.CreateTable, o.tableInput(table))
	var exists *types.ResourceInUseException
	if err != nil && !errors.As(err, &exists) {
		return "", fmt.Errorf("dynamostore: create table %q: %w", table, err)
	}
	wait := dynamodb.NewTableExistsWaiter(tables{client, o.Timeout}, func(o *dynamodb.TableExistsWaiterOptions) {
		o.MinDelay = 100 * time.Millisecond
		o.MaxDelay = 2 * time.Second
	})
	out, err := wait.WaitForOutput(ctx, &dynamodb.DescribeTableInput{TableName: &table}, time.Minute)
	if err != nil {
		return "", fmt.Errorf("dynamostore: wait for table %q: %w", table, err)
	}
	if out.Table.LatestStreamArn == nil {
		return "", fmt.Errorf("dynamostore: table %q exists but has no stream", table)
	}
	if exists != nil {
		return *out.Table.LatestStreamArn, nil
	}
	_, err = call(ctx, o.Timeout, client.UpdateTimeToLive, &dynamodb.UpdateTimeToLiveInput{
		TableName:               &table,
		TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: &o.Attributes.ExpiresAt, Enabled: aws.Bool(true)},
	})
	if err != nil {
		return "", fmt.Errorf("dynamostore: switch TTL of table %q on: %w", table, err)
	}
	return *out.Table.LatestStreamArn, nil
}

// tableInput is the table that the package documentation describes.
func (o *Options) tableInput(table string) *dynamodb.CreateTableInput {
	a := o.Attributes
	in := &dynamodb.CreateTableInput{
		TableName:            &table,
		BillingMode:          types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: &a.ID, AttributeType: types.ScalarAttributeTypeS}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: &a.ID, KeyType: types.KeyTypeHash}},
		StreamSpecification:  &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeNewAndOldImages},
	}
	if o.SortKey.Name != "" {
		in.AttributeDefinitions = append(in.AttributeDefinitions, types.AttributeDefinition{AttributeName: &o.SortKey.Name, AttributeType: types.ScalarAttributeTypeS})
		in.KeySchema = append(in.KeySchema, types.KeySchemaElement{AttributeName: &o.SortKey.Name, KeyType: types.KeyTypeRange})
	}
	o.addIndex(in)
	o.addCallerIndex(in)
	return in
}

func (o *Options) addIndex(in *dynamodb.CreateTableInput) {
	a := o.Attributes
	if o.Index == "" {
		return
	}
	in.AttributeDefinitions = append(in.AttributeDefinitions,
		types.AttributeDefinition{AttributeName: &a.Shard, AttributeType: types.ScalarAttributeTypeS},
		types.AttributeDefinition{AttributeName: &a.SweepAt, AttributeType: types.ScalarAttributeTypeN})
	in.GlobalSecondaryIndexes = []types.GlobalSecondaryIndex{{
		IndexName: &o.Index,
		KeySchema: []types.KeySchemaElement{
			{AttributeName: &a.Shard, KeyType: types.KeyTypeHash},
			{AttributeName: &a.SweepAt, KeyType: types.KeyTypeRange},
		},
		Projection: &types.Projection{ProjectionType: types.ProjectionTypeInclude, NonKeyAttributes: a.projected()},
	}}
}

func (o *Options) addCallerIndex(in *dynamodb.CreateTableInput) {
	a := o.Attributes
	if o.CallerIndex == "" {
		return
	}
	projected := []string{a.ExpiresAt}
	if o.Marker.Name != "" {
		projected = append(projected, o.Marker.Name)
	}
	in.AttributeDefinitions = append(in.AttributeDefinitions,
		types.AttributeDefinition{AttributeName: &a.Caller, AttributeType: types.ScalarAttributeTypeS},
		types.AttributeDefinition{AttributeName: &a.CreatedAt, AttributeType: types.ScalarAttributeTypeS})
	in.GlobalSecondaryIndexes = append(in.GlobalSecondaryIndexes, types.GlobalSecondaryIndex{
		IndexName: &o.CallerIndex,
		KeySchema: []types.KeySchemaElement{
			{AttributeName: &a.Caller, KeyType: types.KeyTypeHash},
			{AttributeName: &a.CreatedAt, KeyType: types.KeyTypeRange},
		},
		Projection: &types.Projection{ProjectionType: types.ProjectionTypeInclude, NonKeyAttributes: projected},
	})
}
