namespace ModelApi.Models.Code;

internal static class GoCode
{
    private static readonly ExampleText Example = new() { Reserved = '`' };

    public static string Program(SampleCall call) =>
        $$"""
        // Asks the model {{call.Model}} for a prediction. Run: MODELAPI_KEY=<key or token> go run predict.go
        package main

        import (
        	"fmt"
        	"io"
        	"net/http"
        	"os"
        	"strings"
        	"time"
        )

        const url = "{{call.Url}}"

        const features = `{{Example.Write(call.Signature)}}`

        func main() {
        	key := os.Getenv("MODELAPI_KEY")
        	if key == "" {
        		fail("Set MODELAPI_KEY to your key or token.")
        	}
        	request, err := http.NewRequest(http.MethodPost, url, strings.NewReader(features))
        	if err != nil {
        		fail(err.Error())
        	}
        	request.Header.Set("Authorization", "Bearer "+key)
        	request.Header.Set("Content-Type", "application/json")
        	client := &http.Client{Timeout: 30 * time.Second}
        	response, err := client.Do(request)
        	if err != nil {
        		fail(err.Error())
        	}
        	defer response.Body.Close()
        	answer, err := io.ReadAll(response.Body)
        	if err != nil {
        		fail(err.Error())
        	}
        	if response.StatusCode != http.StatusOK {
        		fail(fmt.Sprintf("%s: %s", response.Status, answer))
        	}
        	fmt.Println(string(answer))
        }

        func fail(message string) {
        	fmt.Fprintln(os.Stderr, message)
        	os.Exit(1)
        }

        """;
}
