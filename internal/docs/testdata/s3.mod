require (
	github.com/aws/aws-sdk-go-v2/service/internal/checksum v1.11.13
	github.com/aws/aws-sdk-go-v2/service/internal/s3shared v1.20.12
	github.com/aws/aws-sdk-go-v2/service/s3 v1.114.10
)
