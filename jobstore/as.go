package jobstore

// As finds an optional interface T, such as [Sweeper] or [Canceler], of a store
// that may be wrapped. It returns the first of store, store.Unwrap() and so on that
// implements T. A wrapper is a store with the method
//
//	Unwrap() JobStore[In, Out]
//
// As [http.ResponseController] does, it looks at the outermost first, so a wrapper
// can implement T itself.
func As[T, In, Out any](store JobStore[In, Out]) (T, bool) {
	for {
		if t, ok := store.(T); ok {
			return t, true
		}
		w, ok := store.(interface{ Unwrap() JobStore[In, Out] })
		if !ok {
			return *new(T), false
		}
		store = w.Unwrap()
	}
}
