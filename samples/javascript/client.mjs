// Calls ModelApi with fetch, in Node.js 20 or later: node samples/javascript/client.mjs

const url = (process.env.MODELAPI_URL ?? "http://localhost:8900").replace(/\/$/, "");
const key = process.env.MODELAPI_KEY ?? "abc123";

const features = {
  age: 41,
  job: "management",
  marital: "married",
  education: "tertiary",
  balance: 1506,
  housing: "yes",
  duration: 261,
  campaign: 1,
};

// Returns the status and the JSON of the answer, whether it is a success or a problem.
async function send(path, options) {
  const response = await fetch(url + path, { ...options, signal: AbortSignal.timeout(10_000) });
  return { status: response.status, body: await response.json() };
}

function predict(features, key) {
  return send("/predict", {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${key}` },
    body: JSON.stringify(features),
  });
}

// Puts problem details (RFC 9457) into one line; errors names each invalid feature by JSON pointer.
function explain({ status, body: { title, detail, errors = {} } }) {
  const faults = Object.entries(errors).map(([pointer, messages]) => `${pointer}: ${messages.join(" ")}`);
  return [`${status} ${title}. ${detail}`, ...faults].join(" | ");
}

async function main() {
  const alive = await send("/");
  if (alive.status !== 200) {
    throw new Error(`Not alive: ${explain(alive)}`);
  }
  console.log(`${alive.body.message} (${alive.body.name} ${alive.body.version})`);

  const answer = await predict(features, key);
  if (answer.status !== 200) {
    throw new Error(`The prediction was refused: ${explain(answer)}`);
  }
  const { prediction, probabilities, model, version, username } = answer.body;
  if (prediction === undefined || probabilities === undefined) {
    throw new Error(`The answer has no prediction: ${JSON.stringify(answer.body)}`);
  }
  const shares = Object.entries(probabilities).map(([label, share]) => `${label} ${share.toFixed(4)}`);
  console.log(`Prediction: ${prediction} (${shares.join(", ")})`);
  console.log(`Answered by: ${model} ${version}, for ${username}`);

  const refused = await predict(features, "not-a-key");
  if (refused.status !== 401) {
    throw new Error(`An invalid key was answered with ${refused.status}, not with 401`);
  }
  console.log(`Invalid key: ${explain(refused)}`);
}

try {
  await main();
} catch (error) {
  // fetch says in the cause why a server cannot be reached.
  console.error(`${url}: ${error.cause?.code ?? error.cause?.message ?? error.message}`);
  process.exitCode = 1;
}
