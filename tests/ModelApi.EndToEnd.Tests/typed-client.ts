// Calls models with the types that openapi-typescript makes from the server's OpenAPI document:
// a misspelt feature, a wrong type or an unknown category does not compile.
import type { paths } from "./openapi";

declare const process: { env: Record<string, string | undefined> };

type Request<P extends keyof paths> = paths[P] extends { post: { requestBody: { content: { "application/json": infer T } } } } ? T : never;
type Answer<P extends keyof paths> = paths[P] extends { post: { responses: { 200: { content: { "application/json": infer T } } } } } ? T : never;

async function predict<P extends keyof paths>(path: P, request: Request<P>): Promise<Answer<P>> {
  const response = await fetch(process.env.MODELAPI_URL + path, {
    method: "POST",
    headers: { Authorization: `Bearer ${process.env.MODELAPI_KEY}`, "Content-Type": "application/json" },
    body: JSON.stringify(request),
  });
  if (!response.ok) {
    throw new Error(`${response.status}: ${await response.text()}`);
  }
  return (await response.json()) as Answer<P>;
}

async function main(): Promise<void> {
  const bank = await predict("/predict", {
    age: 41,
    job: "management",
    marital: "married",
    education: "tertiary",
    balance: 1506,
    housing: "yes",
    duration: 261,
    campaign: 1,
  });
  if ("prediction" in bank) {
    const label: "no" | "yes" = bank.prediction;
    console.log(bank.model, label, bank.probabilities.yes < 0.5);
  }

  const wine = await predict("/models/wine-quality/versions/1/predict", [{ type: "red", alcohol: null }, { type: "white" }]);
  if ("predictions" in wine && !("skipped" in wine)) {
    const qualities: (3 | 4 | 5 | 6 | 7 | 8 | 9)[] = wine.predictions.map((answer) => answer.prediction);
    console.log(wine.model, qualities.length);
  }

  const tags = await predict("/models/project-tags/predict", { texts: [{ text: "A convolutional network for images" }] });
  if ("predictions" in tags) {
    console.log(tags.model, tags.predictions[0]?.prediction);
  }
}

main();
