package appsynctest

import (
	"context"
	"crypto/rand"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// DynamoDB returns a client of the server that has the table.
func (a *API) DynamoDB() *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{BaseEndpoint: &a.Endpoint, Region: a.Region, Credentials: a.Processor()})
}

// createTable makes what Amplify makes for the model.
func (a *API) createTable() error {
	a.Table = "QueryJob-" + rand.Text() + "-NONE"
	_, err := a.DynamoDB().CreateTable(context.Background(), &dynamodb.CreateTableInput{
		TableName:            &a.Table,
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: types.KeyTypeHash}},
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: types.ScalarAttributeTypeS}},
		BillingMode:          types.BillingModePayPerRequest,
		StreamSpecification:  &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeNewAndOldImages},
	})
	if err != nil {
		return fmt.Errorf("table of the API: %w", err)
	}
	return nil
}
