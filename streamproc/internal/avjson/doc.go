// Package avjson reads DynamoDB's attribute values from the JSON of Lambda's events, and
// decodes them into Go values as attributevalue does.
//
// Its scanner reads what it is asked for and skips the rest. It checks only the quotation
// marks and brackets of what it skips. A position is an index into the JSON. A function
// that returns a position returns -1 for JSON that is malformed or ends too early.
package avjson
