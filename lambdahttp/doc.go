// Package lambdahttp serves Lambda's HTTP events with an [http.Handler].
package lambdahttp
