// Package attr encodes a job's values as DynamoDB attribute values and back, for the
// stores that keep them so.
package attr
