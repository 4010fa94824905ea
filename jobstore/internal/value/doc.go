// Package value decides what a store can keep: which types come back as they were
// put in, and which values of such a type.
//
// A store uses one of two encodings: attributevalue for a table of its own, with
// its encoding marshalers on, and encoding/json for an API. A type is accepted only
// if both keep it, so that a job can move from one store to another. [CheckType]
// says so once, when a store is made. [CheckValue] checks what a type cannot
// promise, before each write: a NaN, text that is not UTF-8, a value too deep.
//
// # What "comes back" means
//
// A value that was accepted decodes into one that encodes in the same way, and is
// equal to it as go-cmp compares with EquateEmpty:
//
//   - An empty slice or map may come back nil, and the other way round. A pointer
//     to a nil slice or map is refused.
//   - A [time.Time] is the same instant with the same offset, to the nanosecond. Its
//     monotonic reading and the name of its location are gone.
//   - A [json.RawMessage] is the same JSON: white space and escapes may differ, and
//     nil may be null.
//   - A field with one of the options stringset, numberset and binaryset is a set: its
//     members come back in any order, and a duplicate is refused.
//   - An any holds what JSON has: nil, bool, float64, string, []any and
//     map[string]any. A whole number up to 2⁵³ is taken too, and comes back as the
//     float64 of the same value, as from encoding/json.
//   - A number of text, such as a [json.Number], is accepted as DynamoDB writes it:
//     1.5 and not 1.50 or 15e-1.
//   - Negative zero may come back as zero.
//   - A field is left out when it says so in both encodings, with the tag
//     `json:"-" dynamodbav:"-"`. Any other field that would be left out is refused,
//     an unexported one too.
//
// # Types with methods
//
// A type that encodes itself needs a pair of methods for either encoding:
// MarshalText and UnmarshalText serve both. A MarshalJSON pair alone is not enough,
// since attributevalue does not know it; it needs one of the text, binary or
// MarshalDynamoDBAttributeValue pairs beside it. The methods must be inverses:
// [CheckValue] calls them and refuses a value that they do not bring back.
//
// # Errors
//
// Every error names the field, the path in it and the type. None holds any part of
// a value, not even a map's key.
package value
