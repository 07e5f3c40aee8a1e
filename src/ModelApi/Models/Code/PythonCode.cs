namespace ModelApi.Models.Code;

internal static class PythonCode
{
    private static readonly ExampleText Example = new() { Indent = "    ", True = "True", False = "False", Null = "None" };

    public static string Program(SampleCall call) =>
        $$""""
        #!/usr/bin/env python3
        """Asks the model {{call.Model}} for a prediction. Run: MODELAPI_KEY=<key or token> python3 predict.py"""

        import json
        import os
        import sys
        from urllib.error import HTTPError
        from urllib.request import Request, urlopen

        URL = "{{call.Url}}"

        FEATURES = {{Example.Write(call.Signature)}}


        def main():
            key = os.environ.get("MODELAPI_KEY")
            if not key:
                sys.exit("Set MODELAPI_KEY to your key or token.")
            headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
            try:
                with urlopen(Request(URL, json.dumps(FEATURES).encode(), headers), timeout=30) as response:
                    answer = json.load(response)
            except HTTPError as error:
                sys.exit(f"{error.code}: {error.read().decode()}")
            except OSError as error:
                sys.exit(f"{URL}: {error}")
            print(json.dumps(answer, indent=2))


        if __name__ == "__main__":
            main()

        """";
}
