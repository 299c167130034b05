// Send requests of our shape with stripe-node to the simulator, and then some that it refuses.
// Prints one line of JSON for each request: {name, expected, actual}.
const Stripe = require("stripe");
const [port, api] = [process.argv[2], process.argv[3] || undefined];
const stripe = new Stripe("sk_test_node", {
  host: "127.0.0.1",
  port,
  protocol: "http",
  maxNetworkRetries: 0,
  telemetry: false,
  apiVersion: api,
});
const usd = { amount: 1000, currency: "usd" };
const card = { ...usd, confirm: true, payment_method: "pm_card_visa" };
const session = {
  mode: "payment",
  success_url: "https://example.org/paid",
  line_items: [
    { quantity: 2, price_data: { currency: "usd", unit_amount: 500, product_data: { name: "Entry" } } },
  ],
};
const transfer = { amount: 5, currency: "usd", destination: "acct_1Node" };

async function send(name, expected, request) {
  let actual;
  try {
    actual = await request();
  } catch (error) {
    actual = error.param || error.code || error.message;
  }
  console.log(JSON.stringify({ name, expected, actual }));
}

async function answered() {
  await send("create", "succeeded", async () => (await stripe.paymentIntents.create(card)).status);
  await send("replay", true, async () => {
    const options = { idempotencyKey: "node-1" };
    const first = await stripe.paymentIntents.create(usd, options);
    return (await stripe.paymentIntents.create(usd, options)).id === first.id;
  });
  await send("expand", 1000, async () => {
    const intent = await stripe.paymentIntents.create({ ...card, expand: ["latest_charge.balance_transaction"] });
    return intent.latest_charge.balance_transaction.amount;
  });
  await send("capture", 600, async () => {
    const held = await stripe.paymentIntents.create({ ...card, capture_method: "manual" });
    return (await stripe.paymentIntents.capture(held.id, { amount_to_capture: 600 })).amount_received;
  });
  await send("update", "requires_confirmation", async () => {
    const intent = await stripe.paymentIntents.create(usd);
    const changes = { amount: 1200, payment_method: "pm_card_visa", metadata: { entry: "7" } };
    return (await stripe.paymentIntents.update(intent.id, changes)).status;
  });
  await send("cancel", "canceled", async () => {
    const intent = await stripe.paymentIntents.create(usd);
    return (await stripe.paymentIntents.cancel(intent.id)).status;
  });
  await send("absent payer", "authentication_required", () =>
    stripe.paymentIntents.create({ ...card, payment_method: "pm_card_authenticationRequired", off_session: true }),
  );
  await send("declined", "card_declined", () =>
    stripe.paymentIntents.create({ ...card, payment_method: "pm_card_chargeDeclined" }),
  );
  await send("dispute", 1, async () => {
    const intent = await stripe.paymentIntents.create({ ...card, payment_method: "pm_card_createDispute" });
    return (await stripe.disputes.list({ payment_intent: intent.id })).data.length;
  });
  await send("refund", 400, async () => {
    const intent = await stripe.paymentIntents.create(card);
    return (await stripe.refunds.create({ payment_intent: intent.id, amount: 400 })).amount;
  });
  await send("session", 1000, async () => (await stripe.checkout.sessions.create(session)).amount_total);
  await send("line items", "Entry", async () => {
    const { id } = await stripe.checkout.sessions.create(session);
    return (await stripe.checkout.sessions.listLineItems(id)).data[0].description;
  });
  await send("transfer", 3, async () => {
    const { id } = await stripe.transfers.create(transfer);
    await stripe.transfers.createReversal(id, { amount: 3 });
    return (await stripe.transfers.retrieve(id)).amount_reversed;
  });
  await send("account", "express", async () => (await stripe.accounts.create({ type: "express" })).type);
  await send("platform", true, async () => (await stripe.accounts.retrieveCurrent()).charges_enabled);
  await send("balance", "usd", async () => (await stripe.balance.retrieve()).available[0].currency);
  await send("pages", true, async () => {
    const all = await stripe.balanceTransactions.list({ limit: 1 }).autoPagingToArray({ limit: 100 });
    return all.length > 5;
  });
  await send("wildcard", true, async () => {
    const events = await stripe.events.list({ type: "charge.*", limit: 100 });
    return events.data.length > 5 && events.data.every((event) => event.type.startsWith("charge."));
  });
}

async function refused() {
  const intent = (more) => () => stripe.paymentIntents.create({ ...usd, ...more });
  await send("destination charge", "transfer_data", intent({ transfer_data: { destination: "acct_1Node" } }));
  await send("fee", "application_fee_amount", intent({ application_fee_amount: 5 }));
  await send("customer", "customer", intent({ customer: "cus_1" }));
  await send("on behalf of", "on_behalf_of", intent({ on_behalf_of: "acct_1Node" }));
  await send("future usage", "setup_future_usage", intent({ setup_future_usage: "off_session" }));
  await send("currency", "currency", intent({ currency: "zzz" }));
  await send("method data", "payment_method_data", intent({ payment_method_data: { type: "card" } }));
  await send("value", "metadata", intent({ metadata: { long: "x".repeat(501) } }));
  const keys = Object.fromEntries(Array.from({ length: 51 }, (_, number) => [`k${number}`, "x"]));
  await send("keys", "metadata", intent({ metadata: keys }));
  await send("unknown", "nonsense", intent({ nonsense: 1 }));
  await send("missing", "amount", () => stripe.paymentIntents.create({ currency: "usd" }));
  await send("expand", "expand[0]", intent({ expand: ["customer"] }));
  const header = { stripeAccount: "acct_1Node" };
  await send("header", "Stripe-Account", () => stripe.paymentIntents.create(usd, header));
  await send("version", "Stripe-Version", () => stripe.balance.retrieve({}, { apiVersion: "2019-12-03" }));
  await send("subscription", "mode", () => stripe.checkout.sessions.create({ ...session, mode: "subscription" }));
  await send("source", "source_transaction", () =>
    stripe.transfers.create({ ...transfer, source_transaction: "ch_1" }),
  );
  const urls = {
    "customers": () => stripe.customers.create({}),
    "search": () => stripe.charges.search({ query: "amount>1" }),
    "charges": () => stripe.charges.create(usd),
    "products": () => stripe.products.create({ name: "Entry" }),
    "payouts": () => stripe.payouts.create(usd),
    "setup intents": () => stripe.setupIntents.create({}),
    "v2": () => stripe.v2.core.events.list({ object_id: "acct_1" }),
  };
  for (const [name, request] of Object.entries(urls)) {
    await send(name, 404, async () => {
      try {
        return await request();
      } catch (error) {
        return error.statusCode;
      }
    });
  }
}

answered().then(refused);
