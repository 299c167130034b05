// One call of each kind by a client whose types are generated from the OpenAPI document.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

declare const process: { argv: string[] };
type Problem = components["schemas"]["Problem"];

type NewContest = components["schemas"]["NewContestBody"];
type NewIntent = components["schemas"]["NewIntentBody"];

const [baseUrl, key, pool, place] = process.argv.slice(2);
const client = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${key}` } });

function expected<T>(answer: { data?: T; error?: unknown }): T {
  if (answer.data === undefined) {
    throw new Error(JSON.stringify(answer.error));
  }
  return answer.data;
}

const content = { name: "Ratio", definition: "A comparison of two quantities by division." };
const created = expected(
  await client.POST("/v1/concepts", {
    params: { header: { "Idempotency-Key": "first-order" } },
    body: { content, reason: "a first draft" },
  }),
);
const path = { concept_id: created.concept.id };

const edited = expected(
  await client.PUT("/v1/concepts/{concept_id}", {
    params: { path, header: { "If-Match": `"${created.seq}"` } },
    body: { content: { ...content, explanation: "Three to two." }, change_note: "explained" },
  }),
);
const moved = expected(
  await client.POST("/v1/concepts/{concept_id}/status", {
    params: { path, header: { "If-Match": `"${edited.seq}"` } },
    body: { status: "REVIEW", reason: "it is ready" },
  }),
);
const found = expected(await client.GET("/v1/concepts/{concept_id}", { params: { path } }));
const listed = expected(
  await client.GET("/v1/concepts", { params: { query: { limit: 10, text: "ratio" } } }),
);
const stale = await client.PUT("/v1/concepts/{concept_id}", {
  params: { path, header: { "If-Match": `"${created.seq}"` } },
  body: { content, change_note: "too late" },
});
const problem = stale.error as Problem;
const health = expected(await client.GET("/health"));

const published = expected(
  await client.POST("/v1/contests", {
    params: { header: { "Idempotency-Key": "pool" } },
    body: JSON.parse(pool) as NewContest,
  }),
);
const contest = expected(
  await client.GET("/v1/contests/{contest_id}", { params: { path: { contest_id: published.id } } }),
);
const intent = expected(
  await client.POST("/v1/payments/create-intent", {
    params: { header: { "Idempotency-Key": "pay" } },
    body: JSON.parse(place) as NewIntent,
  }),
);
const payment = expected(
  await client.GET("/v1/payments/status/{intent_id}", {
    params: { path: { intent_id: intent.intent_id } },
  }),
);

console.log(
  JSON.stringify({
    seqs: [created.seq, edited.seq, moved.seq, found.seq],
    status: found.concept.status,
    listed: listed.items.map((item) => item.name),
    problem: [problem.status, problem.code],
    health: health.status,
    contests: [contest.contest_name, contest.status],
    payment: [intent.amount_minor, payment.status],
  }),
);
