package lambdalocal_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/asyncpatterns/asyncpatterns/lambdalocal"
)

// resultTest is what a front makes of a function's result.
type resultTest struct {
	result string
	status int
	body   string
	header http.Header // some of the headers
}

func (tt resultTest) check(t *testing.T, name string, front func(*lambdalocal.Function) http.Handler, header ...string) {
	t.Helper()
	w := answered(t, front, tt.result, header...)
	if w.Code != tt.status || w.Body.String() != tt.body {
		t.Errorf("%s: %s: got %d %q", name, tt.result, w.Code, w.Body)
	}
	for n, values := range tt.header {
		if diff := cmp.Diff(values, w.Header().Values(n)); diff != "" {
			t.Errorf("%s: %s: header %s: %s", name, tt.result, n, diff)
		}
	}
}

const (
	rest502         = `{"message":"Internal server error"}`
	http500         = `{"message":"Internal Server Error"}`
	url502          = `{"Message":"Internal Server Error"}`
	loadBalancer502 = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
)

func contentType(t string) http.Header { return http.Header{"Content-Type": {t}} }

// Source: localstack/localstack@8b9a79f0 tests/aws/services/apigateway/
// test_apigateway_lambda.py, test_aws_proxy_response_payload_format_validation and its
// snapshot; a statusCode of 0: aws/aws-lambda-dotnet@83149216 Tools/LambdaTestTool-v2/
// tests/Amazon.Lambda.TestTool.UnitTests/Snapshots/V1_HandlesZeroStatusCodeRest.json.
// Where AWS was not recorded, what is not documented is refused.
func TestRESTAPIResponse(t *testing.T) {
	for name, tt := range map[string]resultTest{
		"no body":             {`{"statusCode":200}`, 200, "", contentType("application/json")},
		"headers":             {`{"statusCode":200,"headers":{"test-header":"value","header-bool":true}}`, 200, "", http.Header{"Test-Header": {"value"}, "Header-Bool": {"true"}}},
		"headers null":        {`{"statusCode":200,"headers":null}`, 200, "", contentType("application/json")},
		"both null, and body": {`{"statusCode":200,"headers":null,"multiValueHeaders":null,"body":null,"isBase64Encoded":false}`, 200, "", nil},
		"an unknown member":   {`{"statusCode":200,"wrongValue":"value"}`, 502, rest502, nil},
		"cookies":             {`{"statusCode":200,"cookies":[]}`, 502, rest502, nil},
		"null cookies":        {`{"statusCode":200,"cookies":null}`, 502, rest502, nil},
		"a description":       {`{"statusCode":200,"statusDescription":"200 OK"}`, 502, rest502, nil},
		"another case":        {`{"statusCode":200,"Body":"x"}`, 502, rest502, nil},
		"only another case":   {`{"StatusCode":200}`, 502, rest502, nil},
		"nothing in it":       {`{}`, 502, rest502, nil},
		"base64 as text":      {`{"statusCode":200,"body":"dGVzdC1kYXRh","isBase64Encoded":true}`, 200, "dGVzdC1kYXRh", nil},
		"multi-value":         {`{"statusCode":200,"multiValueHeaders":{"test-multi":["value1","value2"]}}`, 200, "", http.Header{"Test-Multi": {"value1", "value2"}}},
		"multi-value scalars": {`{"statusCode":200,"multiValueHeaders":{"x":[true,1,"a"]}}`, 200, "", http.Header{"X": {"true", "1", "a"}}},
		"both":                {`{"statusCode":200,"multiValueHeaders":{"tesT-Multi":["value-multi"]},"headers":{"test-multi":"value-solo"}}`, 200, "", http.Header{"Test-Multi": {"value-multi", "value-solo"}}},
		"both the same":       {`{"statusCode":200,"headers":{"x-a":"1","x-b":"2"},"multiValueHeaders":{"X-A":["1","3"]}}`, 200, "", http.Header{"X-A": {"1", "3"}, "X-B": {"2"}}},
		"not multi-value":     {`{"statusCode":200,"multiValueHeaders":{"test-multi-invalid":"value1"}}`, 502, rest502, nil},
		"a null multi-value":  {`{"statusCode":200,"multiValueHeaders":{"x":null}}`, 502, rest502, nil},
		"a null in it":        {`{"statusCode":200,"multiValueHeaders":{"x":[null]}}`, 502, rest502, nil},
		"a number":            {`{"statusCode":200,"headers":{"x-n":5}}`, 200, "", http.Header{"X-N": {"5"}}},
		"a null header":       {`{"statusCode":200,"headers":{"x":null}}`, 502, rest502, nil},
		"an array":            {`{"statusCode":200,"headers":{"x":["a"]}}`, 502, rest502, nil},
		"headers as an array": {`{"statusCode":200,"headers":[]}`, 502, rest502, nil},
		"a word as status":    {`{"statusCode":"test"}`, 502, rest502, nil},
		"a text status":       {`{"statusCode":"201"}`, 201, "", nil},
		"a text with a sign":  {`{"statusCode":"+20"}`, 502, rest502, nil},
		"a spaced text":       {`{"statusCode":" 201"}`, 502, rest502, nil},
		"a fraction":          {`{"statusCode":200.5}`, 502, rest502, nil},
		"a text fraction":     {`{"statusCode":"200.5"}`, 502, rest502, nil},
		"status 0":            {`{"statusCode":0,"body":"x"}`, 502, rest502, nil},
		"status 99":           {`{"statusCode":99}`, 502, rest502, nil},
		"status 101":          {`{"statusCode":101}`, 502, rest502, nil},
		"status 600":          {`{"statusCode":"600"}`, 502, rest502, nil},
		"a null status":       {`{"statusCode":null,"headers":{"x":"1"}}`, 502, rest502, nil},
		"a boolean status":    {`{"statusCode":true}`, 502, rest502, nil},
		"a string":            {`"justAString"`, 502, rest502, nil},
		"only headers":        {`{"headers":{"test-header":"value"}}`, 200, "", http.Header{"Test-Header": {"value"}}},
		"only multi-value":    {`{"multiValueHeaders":{"test-header":["value"]},"body":"x"}`, 200, "x", http.Header{"Test-Header": {"value"}}},
		"only null headers":   {`{"headers":null}`, 502, rest502, nil},
		"only a body":         {`{"body":"x"}`, 502, rest502, nil},
		"a body of objects":   {`{"statusCode":200,"body":{}}`, 502, rest502, nil},
		"a body of a number":  {`{"statusCode":200,"body":1}`, 502, rest502, nil},
		"base64 by text":      {`{"statusCode":200,"isBase64Encoded":"true"}`, 502, rest502, nil},
		"null":                {`null`, 502, rest502, nil},
		"an array result":     {`[]`, 502, rest502, nil},
		"a number result":     {`200`, 502, rest502, nil},
		"no JSON":             {`Not a valid proxy response object`, 502, rest502, nil},
		"nothing":             {``, 502, rest502, nil},
	} {
		tt.check(t, name, rest())
	}
}

// Source: localstack/localstack@8b9a79f0 tests/aws/services/apigateway/
// test_apigateway_lambda.py, test_aws_proxy_binary_response. Of */* AWS's pages say that
// it is every type.
func TestRESTAPIBinaryResponses(t *testing.T) {
	for _, tt := range []struct {
		types  []string
		accept string
		binary bool
	}{
		{nil, "image/png", false},
		{[]string{"image/png", "*/test"}, "image/png", true},
		{[]string{"image/png", "*/test"}, "image/jpg", false},
		{[]string{"image/png", "*/test"}, "image/*", false},
		{[]string{"image/png", "*/test"}, "*/test", false},
		{[]string{"image/png", "*/test"}, "random/test", false},
		{[]string{"image/png", "*/test"}, "*/*", false},
		{[]string{"image/png", "*/test"}, "image/webp,image/png,*/*;q=0.8", false},
		{[]string{"image/png", "*/test"}, "image/png,image/*,*/*;q=0.8", true},
		{[]string{"image/png", "application/*"}, "application/whatever", true},
		{[]string{"image/png", "application/*"}, "application/*", true},
		{[]string{"image/png", "application/*"}, "application", false},
		{[]string{"image/png", "application/*"}, "applications/whatever", false},
		{[]string{"image/png", "application/*"}, "", false},
		{[]string{"image/png"}, "Image/PNG", false},
		{[]string{"image/png"}, "image/png;q=0.8", false},
		{[]string{"*/*"}, "text/html,image/png", true},
		{[]string{"*/*"}, "", true},
	} {
		front := rest(func(o *lambdalocal.RESTAPIOptions) { o.BinaryMediaTypes = tt.types })
		want := map[bool]string{true: "a", false: "YQ=="}[tt.binary]
		resultTest{`{"statusCode":200,"body":"YQ==","isBase64Encoded":true}`, 200, want, nil}.check(t, tt.accept, front, "Accept", tt.accept)
		resultTest{`{"statusCode":200,"body":"YQ=="}`, 200, "YQ==", nil}.check(t, tt.accept, front, "Accept", tt.accept)
	}
	png := rest(func(o *lambdalocal.RESTAPIOptions) { o.BinaryMediaTypes = []string{"image/png"} })
	resultTest{`{"statusCode":200,"body":"èé+à)(","isBase64Encoded":true}`, 500, rest502, nil}.check(t, "bad base64", png, "Accept", "image/png")
}

// Source: aws/aws-lambda-dotnet@83149216 Tools/LambdaTestTool-v2/tests/
// Amazon.Lambda.TestTool.UnitTests/Extensions/InvokeResponseExtensionsTests.cs and
// Snapshots, of HTTP APIs with payload format 2.0.
func TestHTTPAPIResponse(t *testing.T) {
	text := contentType("text/plain;charset=UTF-8")
	for name, tt := range map[string]resultTest{
		"a response":        {`{"statusCode":201,"headers":{"content-type":"a/b"},"body":"made"}`, 201, "made", contentType("a/b")},
		"no type":           {`{"statusCode":200,"body":"Hello, World!"}`, 200, "Hello, World!", text},
		"base64":            {`{"statusCode":200,"body":"AAE=","isBase64Encoded":true}`, 200, "\x00\x01", text},
		"cookies":           {`{"statusCode":200,"cookies":["a=1","b=2; Secure"]}`, 200, "", http.Header{"Set-Cookie": {"a=1", "b=2; Secure"}}},
		"nulls":             {`{"statusCode":200,"headers":null,"cookies":null,"body":null}`, 200, "", text},
		"an unknown member": {`{"statusCode":200,"other":1,"body":"x"}`, 200, "x", text},
		"a string":          {`"Hello, World!"`, 200, "Hello, World!", contentType("application/json")},
		"an empty string":   {`""`, 200, "", contentType("application/json")},
		"an escaped string": {`"Special \"quoted\" text"`, 200, `Special "quoted" text`, contentType("application/json")},
		"an object":         {`{"name": "John Doe", "age": 30}`, 200, `{"name": "John Doe", "age": 30}`, contentType("application/json")},
		"an array":          {`[1, 2, 3, 4, 5]`, 200, `[1, 2, 3, 4, 5]`, contentType("application/json")},
		"a number":          {`42`, 200, `42`, contentType("application/json")},
		"a boolean":         {`true`, 200, `true`, contentType("application/json")},
		"no JSON":           {`Hello, World!`, 200, `Hello, World!`, contentType("application/json")},
		"half of it":        {`{"name": "John Doe", "age":`, 200, `{"name": "John Doe", "age":`, contentType("application/json")},
		"a fraction":        {`{"statusCode":200.5,"body":"Hello"}`, 500, http500, nil},
		"status 0":          {`{"statusCode":0,"body":"x"}`, 500, http500, nil},
		"bad base64":        {`{"statusCode":200,"body":"%","isBase64Encoded":true}`, 500, http500, nil},
		"a text status":     {`{"statusCode":"200"}`, 500, http500, nil},
		"nothing":           {``, 500, http500, nil},
	} {
		tt.check(t, name, fronts["HTTPAPI"])
	}
}

// Source: Snapshots beside the above, named V1_…HttpV1.json.
func TestHTTPAPIResponseV1(t *testing.T) {
	front := func(f *lambdalocal.Function) http.Handler {
		return f.HTTPAPI(func(o *lambdalocal.HTTPAPIOptions) { o.PayloadFormatVersion = "1.0" })
	}
	for name, tt := range map[string]resultTest{
		"a response":  {`{"statusCode":201,"headers":{"content-type":"a/b"},"body":"made"}`, 201, "made", contentType("a/b")},
		"no type":     {`{"statusCode":200,"body":"Hello, World!"}`, 200, "Hello, World!", contentType("text/plain;charset=UTF-8")},
		"base64":      {`{"statusCode":200,"body":"AAE=","isBase64Encoded":true}`, 200, "\x00\x01", nil},
		"multi-value": {`{"statusCode":200,"multiValueHeaders":{"set-cookie":["a","b"]}}`, 200, "", http.Header{"Set-Cookie": {"a", "b"}}},
		"both":        {`{"statusCode":200,"headers":{"Combined-Header":"single-value"},"multiValueHeaders":{"Combined-Header":["multi-value1","multi-value2"]}}`, 200, "", http.Header{"Combined-Header": {"single-value", "multi-value1", "multi-value2"}}},
		"nulls":       {`{"statusCode":200,"headers":null,"multiValueHeaders":null,"body":null}`, 200, "", nil},
		"status 0":    {`{"statusCode":0,"body":"x"}`, 500, http500, nil},
		"no JSON":     {`Not a valid proxy response object`, 500, http500, nil},
		"no status":   {`{"body":"x"}`, 500, http500, nil},
		"a string":    {`"x"`, 500, http500, nil},
	} {
		tt.check(t, name, front)
	}
}

// Source: localstack/localstack@8b9a79f0 tests/aws/services/lambda_/test_lambda.py,
// test_lambda_url_invocation and test_lambda_url_headers_and_status. Where AWS was not
// recorded, what is not documented is refused.
func TestURLResponse(t *testing.T) {
	json := contentType("application/json")
	for name, tt := range map[string]resultTest{
		"a response":        {`{"statusCode":201,"headers":{"content-type":"text/plain"},"body":"made"}`, 201, "made", contentType("text/plain")},
		"base64":            {`{"statusCode":200,"body":"AAE=","isBase64Encoded":true}`, 200, "\x00\x01", json},
		"no body":           {`{"statusCode":204}`, 204, "", nil},
		"a text status":     {`{"statusCode":"418","body":"i'm a teapot","isBase64Encoded":false}`, 418, "i'm a teapot", json},
		"a redirect":        {`{"statusCode":"302","headers":{"location":"/a"}}`, 302, "", http.Header{"Location": {"/a"}}},
		"nulls":             {`{"statusCode":200,"headers":null,"cookies":null,"body":null}`, 200, "", json},
		"scalars":           {`{"statusCode":200,"headers":{"x-n":5,"x-b":true}}`, 200, "", http.Header{"X-N": {"5"}, "X-B": {"true"}}},
		"an object":         {`{"hello":"world"}`, 200, `{"hello":"world"}`, json},
		"a string":          {`"hello"`, 200, "hello", json},
		"an array":          {`["hello",3,true]`, 200, `["hello",3,true]`, json},
		"a number":          {`3.1`, 200, "3.1", json},
		"a boolean":         {`true`, 200, "true", json},
		"null":              {`null`, 200, "null", json},
		"another case":      {`{"StatusCode":201}`, 200, `{"StatusCode":201}`, json},
		"a null status":     {`{"statusCode":null}`, 200, `{"statusCode":null}`, json},
		"a length":          {`{"statusCode":200,"headers":{"content-length":"9"},"body":"x"}`, 200, "x", json},
		"a stream":          {"{\"statusCode\":200}\x00\x00\x00\x00\x00\x00\x00\x00x", 200, "", json}, // captured, see TestURLBufferedLosesTheBody
		"a split header":    {`{"statusCode":200,"headers":{"x":"a\r\nb"}}`, 502, url502, nil},
		"a spaced header":   {`{"statusCode":200,"headers":{"x y":"a"}}`, 502, url502, nil},
		"an array header":   {`{"statusCode":200,"headers":{"x":[5]}}`, 502, url502, nil},
		"an informational":  {`{"statusCode":101}`, 502, url502, nil},
		"bad base64":        {`{"statusCode":200,"body":"%","isBase64Encoded":true}`, 502, url502, nil},
		"status 99":         {`{"statusCode":99}`, 502, url502, nil},
		"status 600":        {`{"statusCode":"600"}`, 502, url502, nil},
		"a word as status":  {`{"statusCode":"abc"}`, 502, url502, nil},
		"a fraction":        {`{"statusCode":200.5}`, 502, url502, nil},
		"a text fraction":   {`{"statusCode":"200.0"}`, 502, url502, nil},
		"an empty status":   {`{"statusCode":""}`, 502, url502, nil},
		"a body of objects": {`{"statusCode":200,"body":{}}`, 502, url502, nil},
	} {
		tt.check(t, name, fronts["URL"])
	}
}

// Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
// and, for what is answered with 502, the issues named at httpresult.LoadBalancer.
func TestLoadBalancerResponse(t *testing.T) {
	single, octets := fronts["LoadBalancer"], contentType("application/octet-stream")
	for name, tt := range map[string]struct {
		front func(*lambdalocal.Function) http.Handler
		resultTest
	}{
		"complete":               {single, resultTest{`{"isBase64Encoded":false,"statusCode":200,"statusDescription":"200 OK","headers":{"x":"1"},"body":"b"}`, 200, "b", http.Header{"X": {"1"}}}},
		"the least":              {single, resultTest{`{"statusCode":200}`, 200, "", octets}},
		"of aws-lambda-go":       {single, resultTest{`{"statusCode":200,"statusDescription":"200 OK","headers":{},"multiValueHeaders":null,"body":"","isBase64Encoded":false}`, 200, "", octets}},
		"base64":                 {single, resultTest{`{"statusCode":200,"body":"YQ==","isBase64Encoded":true}`, 200, "a", nil}},
		"multi-value":            {multiValue, resultTest{`{"statusCode":200,"multiValueHeaders":{"set-cookie":["a","b"]}}`, 200, "", http.Header{"Set-Cookie": {"a", "b"}}}},
		"headers, multi-value":   {multiValue, resultTest{`{"statusCode":200,"headers":{"x":"1"}}`, 200, "", http.Header{"X": nil}}},
		"multi-value, single":    {single, resultTest{`{"statusCode":200,"multiValueHeaders":{"x":["1"]}}`, 200, "", http.Header{"X": nil}}},
		"null, multi-value":      {multiValue, resultTest{`{"statusCode":200,"headers":null,"multiValueHeaders":{"x":["1"]}}`, 200, "", http.Header{"X": {"1"}}}},
		"a null body":            {single, resultTest{`{"statusCode":200,"headers":{},"body":null}`, 502, loadBalancer502, nil}},
		"null headers":           {single, resultTest{`{"statusCode":200,"headers":null,"multiValueHeaders":{"Content-Type":["a/b"]},"body":"x"}`, 502, loadBalancer502, nil}},
		"null multi-value":       {multiValue, resultTest{`{"statusCode":200,"headers":{},"multiValueHeaders":null}`, 502, loadBalancer502, nil}},
		"a null header":          {single, resultTest{`{"statusCode":200,"headers":{"x":null}}`, 502, loadBalancer502, nil}},
		"a boolean header":       {single, resultTest{`{"statusCode":200,"headers":{"access-control-allow-credentials":true}}`, 502, loadBalancer502, nil}},
		"a number header":        {single, resultTest{`{"statusCode":200,"headers":{"x":5}}`, 502, loadBalancer502, nil}},
		"an array header":        {single, resultTest{`{"statusCode":200,"headers":{"x":["5"]}}`, 502, loadBalancer502, nil}},
		"a boolean, multi-value": {multiValue, resultTest{`{"statusCode":200,"multiValueHeaders":{"x":[true]}}`, 502, loadBalancer502, nil}},
		"a null, multi-value":    {multiValue, resultTest{`{"statusCode":200,"multiValueHeaders":{"x":[null]}}`, 502, loadBalancer502, nil}},
		"text, multi-value":      {multiValue, resultTest{`{"statusCode":200,"multiValueHeaders":{"x":"a"}}`, 502, loadBalancer502, nil}},
		"null, for all":          {multiValue, resultTest{`{"statusCode":200,"multiValueHeaders":{"x":null}}`, 502, loadBalancer502, nil}},
		"a null description":     {single, resultTest{`{"statusCode":301,"statusDescription":null,"headers":{"Location":"https://a.example/"}}`, 502, loadBalancer502, nil}},
		"a null base64":          {single, resultTest{`{"statusCode":200,"isBase64Encoded":null}`, 502, loadBalancer502, nil}},
		"a text status":          {single, resultTest{`{"statusCode":"200"}`, 502, loadBalancer502, nil}},
		"a fraction":             {single, resultTest{`{"statusCode":200.5}`, 502, loadBalancer502, nil}},
		"no status":              {single, resultTest{`{"body":"x"}`, 502, loadBalancer502, nil}},
		"no object":              {single, resultTest{`"x"`, 502, loadBalancer502, nil}},
		"a description":          {single, resultTest{`{"statusCode":200,"statusDescription":"OK"}`, 502, loadBalancer502, nil}},
		"another's description":  {single, resultTest{`{"statusCode":200,"statusDescription":"201 Created"}`, 502, loadBalancer502, nil}},
		"bad base64":             {single, resultTest{`{"statusCode":200,"body":"%","isBase64Encoded":true}`, 502, loadBalancer502, nil}},
	} {
		tt.check(t, name, tt.front)
	}
}
