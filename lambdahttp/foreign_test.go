package lambdahttp_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/asyncpatterns/asyncpatterns/lambdahttp"
)

// served are the events among aws-lambda-go's test data that are HTTP requests.
var served = map[string]string{
	"apigw-request.json":                                "/hello/world",
	"apigw-restapi-openapi-request.json":                "/hello/world",
	"apigw-v2-request-iam.json":                         "/my/path",
	"apigw-v2-request-jwt-authorizer.json":              "/my/path",
	"apigw-v2-request-lambda-authorizer.json":           "/my/path",
	"apigw-v2-request-no-authorizer.json":               "/",
	"alb-lambda-target-request-headers-only.json":       "/",
	"alb-lambda-target-request-multivalue-headers.json": "/",
	"lambda-urls-request.json":                          "/my/path",
}

// TestWrapServesOnlyRequests of all kinds of events that aws-lambda-go has test data of.
func TestWrapServesOnlyRequests(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/aws/aws-lambda-go").Output()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(out)), "events", "testdata", "*.json"))
	if err != nil || len(files) < 50 {
		t.Fatalf("aws-lambda-go has %d events, %v", len(files), err)
	}
	for _, file := range files {
		payload, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var got seen
		_, err = lambdahttp.Wrap(watch(&got)).Invoke(t.Context(), payload)
		want, isRequest := served[filepath.Base(file)]
		if e := (*lambdahttp.EventError)(nil); isRequest == errors.As(err, &e) || got.Path != want {
			t.Errorf("%s: path %q, %v", filepath.Base(file), got.Path, err)
		}
	}
}

// foreign are events of other services, by what sends them. None is an HTTP request that
// Wrap serves, though some look like one.
var foreign = map[string]string{
	"SQS":                       `{"Records":[{"messageId":"1","body":"hidden","eventSource":"aws:sqs"}]}`,
	"SNS":                       `{"Records":[{"EventSource":"aws:sns","Sns":{"Message":"hidden"}}]}`,
	"Kinesis":                   `{"Records":[{"eventSource":"aws:kinesis","kinesis":{"data":"aGlkZGVu"}}]}`,
	"DynamoDB":                  `{"Records":[{"eventName":"INSERT","eventSource":"aws:dynamodb","dynamodb":{}}]}`,
	"S3":                        `{"Records":[{"eventSource":"aws:s3","s3":{"object":{"key":"hidden"}}}]}`,
	"Lambda@Edge":               `{"Records":[{"cf":{"config":{"eventType":"viewer-request"},"request":{"method":"GET","uri":"/hidden","headers":{}}}}]}`,
	"EventBridge":               `{"version":"0","id":"1","detail-type":"hidden","source":"aws.ec2","detail":{"httpMethod":"GET","path":"/"}}`,
	"a schedule":                `{"version":"0","detail-type":"Scheduled Event","source":"aws.events","detail":{}}`,
	"a Bedrock agent":           `{"messageVersion":"1.0","agent":{"name":"a","id":"1"},"sessionId":"s","actionGroup":"g","apiPath":"/hidden","httpMethod":"POST","parameters":[],"requestBody":{"content":{}},"inputText":"hidden"}`,
	"a Bedrock function":        `{"messageVersion":"1.0","agent":{"name":"a"},"actionGroup":"g","function":"f","parameters":[]}`,
	"a TOKEN authorizer":        `{"type":"TOKEN","authorizationToken":"hidden","methodArn":"arn:aws:execute-api:us-east-1:1:a/test/GET/"}`,
	"a REQUEST authorizer":      `{"type":"REQUEST","methodArn":"arn:aws:execute-api:us-east-1:1:a/test/GET/","resource":"/","path":"/hidden","httpMethod":"GET","headers":{},"requestContext":{"path":"/","stage":"test","identity":{}}}`,
	"an authorizer, format 1.0": `{"version":"1.0","type":"REQUEST","methodArn":"arn:a","identitySource":"x","resource":"/","path":"/hidden","httpMethod":"GET","headers":{},"requestContext":{"stage":"$default"}}`,
	"an authorizer, format 2.0": `{"version":"2.0","type":"REQUEST","routeArn":"arn:a","identitySource":["x"],"routeKey":"$default","rawPath":"/hidden","rawQueryString":"","headers":{},"requestContext":{"http":{"method":"GET","path":"/"}}}`,
	"an authorizer by type":     `{"type":"REQUEST","httpMethod":"GET","path":"/hidden","headers":{},"requestContext":{}}`,
	"an authorizer by ARN":      `{"methodArn":"arn:a","httpMethod":"GET","path":"/hidden"}`,
	"a WebSocket's connect":     `{"headers":{"Host":"h"},"multiValueHeaders":{"Host":["h"]},"requestContext":{"routeKey":"$connect","eventType":"CONNECT","connectionId":"hidden","stage":"p","identity":{}},"isBase64Encoded":false}`,
	"a WebSocket's message":     `{"requestContext":{"routeKey":"$default","eventType":"MESSAGE","messageId":"m","connectionId":"hidden","identity":{}},"body":"hidden","isBase64Encoded":false}`,
	"a WebSocket with a method": `{"httpMethod":"GET","path":"/","requestContext":{"connectionId":"hidden","eventType":"CONNECT"}}`,
	"VPC Lattice, version 1":    `{"raw_path":"/hidden","method":"GET","headers":{"host":"h"},"query_string_parameters":{},"body":"","is_base64_encoded":false}`,
	"VPC Lattice, version 2":    `{"version":"2.0","path":"/hidden","method":"GET","headers":{"host":["h"]},"requestContext":{"serviceArn":"arn:s","targetGroupArn":"arn:t","identity":{}},"isBase64Encoded":false}`,
	"AppSync":                   `{"arguments":{"id":"hidden"},"identity":null,"source":null,"request":{"headers":{},"domainName":null},"prev":null,"info":{"fieldName":"f"}}`,
	"an AppSync authorizer":     `{"authorizationToken":"hidden","requestContext":{"apiId":"a","accountId":"1","requestId":"r","queryString":"q"},"requestHeaders":{}}`,
	"Cognito":                   `{"version":"1","triggerSource":"PreSignUp_SignUp","userName":"hidden","request":{"userAttributes":{}},"response":{}}`,
	"Alexa":                     `{"version":"1.0","session":{},"context":{},"request":{"type":"LaunchRequest"}}`,
	"S3 Object Lambda":          `{"xAmzRequestId":"r","getObjectContext":{"outputRoute":"hidden"},"userRequest":{"url":"https://h/","headers":{}},"protocolVersion":"1.00"}`,
	"IoT":                       `{"token":"hidden","signatureVerified":true,"protocols":["http"],"protocolData":{"http":{"headers":{},"queryString":"?a=b"}}}`,
	"CloudWatch Logs":           `{"awslogs":{"data":"hidden"}}`,
	"Kafka":                     `{"eventSource":"aws:kafka","records":{"t-0":[{"value":"hidden"}]}}`,
	"a destination":             `{"version":"1.0","requestContext":{"requestId":"r","functionArn":"f","condition":"Success"},"requestPayload":{"httpMethod":"GET","path":"/hidden","requestContext":{"http":{"method":"GET"}}}}`,
	"selfinvoke":                `{"isAsync":true,"version":1,"task":"answer","id":"1","hop":1,"time":1,"payload":{"httpMethod":"GET","path":"/hidden"}}`,
	"Step Functions":            `{"input":"hidden"}`,

	"nothing":                  ``,
	"null":                     `null`,
	"an array":                 `[{"httpMethod":"GET","path":"/"}]`,
	"text":                     `"hidden"`,
	"half of an event":         `{"httpMethod":"GET","path":"/"`,
	"two events":               `{"httpMethod":"GET","path":"/"}{"httpMethod":"GET","path":"/"}`,
	"a body":                   `{"body":1}`,
	"no method":                `{"requestContext":{"http":{}}}`,
	"no path":                  `{"httpMethod":"GET"}`,
	"a null load balancer":     `{"httpMethod":"GET","requestContext":{"elb":null}}`,
	"a relative path":          `{"httpMethod":"GET","path":"hidden"}`,
	"a path of another type":   `{"httpMethod":"GET","path":1}`,
	"a context of another":     `{"httpMethod":"GET","path":"/","requestContext":"x"}`,
	"other names":              `{"HTTPMethod":"GET","Path":"/","RequestContext":{"http":{"method":"GET"}}}`,
	"other names in a context": `{"requestContext":{"HTTP":{"method":"GET"},"http":{"Method":"GET"}}}`,
	"a folded letter":          `{"http\u004dethod":"","httpMethod\u0000":"GET","reque\u017ftContext":{"http":{"method":"GET"}},"path":"/"}`,
	"of two kinds":             `{"httpMethod":"GET","path":"/","requestContext":{"http":{"method":"GET"}}}`,
	"of two other kinds":       `{"requestContext":{"http":{"method":"GET"},"elb":{}}}`,
	"a version of the other":   `{"version":"1.0","requestContext":{"http":{"method":"GET"}}}`,
	"a version of the one":     `{"version":"2.0","httpMethod":"GET","path":"/"}`,
	"an unknown version":       `{"version":"3.0","requestContext":{"http":{"method":"GET"}}}`,
}

// TestWrapRefusesOtherEvents with an error that Lambda can name, and that shows
// nothing of the event.
func TestWrapRefusesOtherEvents(t *testing.T) {
	h := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the handler was called") })
	for name, event := range foreign {
		out, err := lambdahttp.Wrap(h).Invoke(t.Context(), []byte(event))
		var e *lambdahttp.EventError
		if !errors.As(err, &e) || out != nil || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%s: got %s, %v", name, out, err)
		}
	}
}

// TestWrapServesSmallEvents, such as those of unit tests.
func TestWrapServesSmallEvents(t *testing.T) {
	made, err := json.Marshal(events.APIGatewayProxyRequest{HTTPMethod: "POST"})
	if err != nil {
		t.Fatal(err)
	}
	for _, event := range []string{
		string(made), functionURL, restAPI, balancer, balancers, `{"httpMethod":"POST","headers":{}}`, `{"httpMethod":"POST","multiValueHeaders":{"a":["b"]}}`,
		`{"version":"2.0","requestContext":{"http":{"method":"POST"}}}`, `{"version":"1.0","httpMethod":"POST","path":"/"}`,
	} {
		var got seen
		invoked(t, lambdahttp.Wrap(watch(&got)), event)
		if got.Method != "POST" || got.Path != "/" {
			t.Errorf("%s: got %s %s", event, got.Method, got.Path)
		}
	}
}

// TestWrapReadsExactNames: encoding/json would take the last of each.
func TestWrapReadsExactNames(t *testing.T) {
	var got seen
	const event = `{"httpMethod":"GET","HTTPMETHOD":"DELETE","path":"/a","Path":"/b","PATH":"/c","headers":{"x-a":"1"},"Headers":{"x-a":"2"},` +
		`"requestContext":{"identity":{"sourceIp":"192.0.2.1","SourceIP":"192.0.2.2"},"ELB":{}},"RequestContext":{"elb":{}},"body":"a","BODY":"b","IsBase64Encoded":true}`
	out := invoked(t, lambdahttp.Wrap(watch(&got)), event)
	if got.Method != "GET" || got.Path != "/a" || got.Header.Get("X-A") != "1" || got.IP != "192.0.2.1" || got.Body != "a" {
		t.Errorf("got %+v", got)
	}
	if strings.Contains(string(out), "statusDescription") {
		t.Errorf("answered as to a load balancer: %s", out)
	}
}

// TestWrapServesTestInvocations, which the console of API Gateway sends.
func TestWrapServesTestInvocations(t *testing.T) {
	var got seen
	const event = `{"resource":"/{proxy+}","path":"/pets/1","httpMethod":"GET","headers":null,"multiValueHeaders":null,"queryStringParameters":null,` +
		`"multiValueQueryStringParameters":null,"pathParameters":{"proxy":"pets/1"},"stageVariables":null,"requestContext":{"resourcePath":"/{proxy+}",` +
		`"httpMethod":"GET","path":"/{proxy+}","stage":"test-invoke-stage","identity":{"sourceIp":"test-invoke-source-ip"}},"body":null,"isBase64Encoded":false}`
	invoked(t, lambdahttp.Wrap(watch(&got)), event)
	if got.Path != "/pets/1" || got.Body != "" || got.IP != "test-invoke-source-ip" {
		t.Errorf("got %+v", got)
	}
}

// exact returns the event without the members that Wrap does not read.
func exact(event []byte) []byte {
	all := kept(event, "version", "rawPath", "rawQueryString", "cookies", "httpMethod", "path", "queryStringParameters", "multiValueQueryStringParameters",
		"multiValueHeaders", "headers", "body", "isBase64Encoded", "requestContext", "type", "methodArn", "routeArn")
	if context, ok := all["requestContext"]; ok && string(context) != "null" {
		inner := kept(context, "stage", "path", "connectionId", "accountId", "domainName", "http", "elb", "identity", "authorizer")
		if inner == nil {
			return event
		}
		all["requestContext"], _ = json.Marshal(inner)
	}
	if all == nil {
		return event
	}
	out, _ := json.Marshal(all)
	return out
}

func kept(object []byte, names ...string) map[string]json.RawMessage {
	var all map[string]json.RawMessage
	if json.Unmarshal(object, &all) != nil || all == nil {
		return nil
	}
	out := map[string]json.RawMessage{}
	for _, name := range names {
		if value, ok := all[name]; ok {
			out[name] = value
		}
	}
	return out
}
