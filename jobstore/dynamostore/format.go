package dynamostore

import "fmt"

// Format implements [fmt.Formatter]. It shows the table's name, and nothing of the client,
// whose options may hold credentials.
func (s Store[In, Out]) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "dynamostore.Store(%s)", s.table)
}
