// Calls models with openapi-fetch on the types that openapi-typescript makes from the server's OpenAPI document:
// a misspelt feature, a wrong type or an unknown category does not compile, and no answer needs a cast.
import createClient from "openapi-fetch";
import type { paths } from "./openapi";

declare const process: { env: Record<string, string | undefined> };

const client = createClient<paths>({
  baseUrl: process.env.MODELAPI_URL,
  headers: { Authorization: `Bearer ${process.env.MODELAPI_KEY}` },
});

async function main(): Promise<void> {
  const bank = await client.POST("/predict", {
    body: {
      age: 41,
      job: "management",
      marital: "married",
      education: "tertiary",
      balance: 1506,
      housing: "yes",
      duration: 261,
      campaign: 1,
    },
  });
  if (bank.error) {
    throw new Error(bank.error.detail);
  }
  const label: "no" | "yes" = bank.data.prediction;
  console.log(bank.data.model, label, bank.data.probabilities.yes < 0.5);

  const wine = await client.POST("/models/wine-quality/versions/1/predict/batch", {
    body: [{ type: "red", alcohol: null }, { type: "white" }],
  });
  if (wine.error) {
    throw new Error(wine.error.detail);
  }
  const qualities: (3 | 4 | 5 | 6 | 7 | 8 | 9)[] = wine.data.predictions.map((answer) => answer.prediction);
  console.log(wine.data.model, qualities.length, wine.data.predictions[0].prediction === qualities[0]);

  const tags = await client.POST("/models/project-tags/predict/batch", {
    body: { texts: [{ text: "A convolutional network for images" }] },
  });
  if (tags.error) {
    throw new Error(tags.error.detail);
  }
  console.log(tags.data.model, tags.data.predictions[0].prediction);
}

main();
