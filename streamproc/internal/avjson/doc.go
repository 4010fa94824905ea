// Package avjson reads DynamoDB's attribute values from the JSON in which Lambda
// delivers them, and decodes them into Go values as attributevalue does.
//
// Its scanner looks at what is asked for and passes over the rest, which only needs
// its quotation marks and brackets in order. A position is an index into the JSON; a
// function that returns one returns -1 for JSON that is malformed or ends too early.
package avjson
