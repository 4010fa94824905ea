package dynamostore_test

import (
	"math/big"
	"net/netip"
	"testing"

	"github.com/asyncpatterns/asyncpatterns/jobstore/dynamostore"
	"github.com/asyncpatterns/asyncpatterns/jobstore/jobstoretest"
)

func storeOf[T any](t *testing.T) *dynamostore.Store[T, T] {
	t.Helper()
	client := newClient(t)
	store, err := dynamostore.New[T, T](client, newTable(t, client))
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func TestTypes(t *testing.T) {
	jobstoretest.Types(t, storeOf[jobstoretest.Values](t))
	jobstoretest.RoundTrip(t, storeOf[big.Int](t), *big.NewInt(1 << 40))
	jobstoretest.RoundTrip(t, storeOf[netip.Addr](t), netip.MustParseAddr("::1"))
	jobstoretest.RoundTrip(t, storeOf[any](t), any(nil), any("text"), any(1.5), any([]any{true, nil}))
}
