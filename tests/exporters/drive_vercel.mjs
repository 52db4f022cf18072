// Drives the Vercel AI SDK against a server on this machine: drive_vercel.mjs URL FILE FOLDER
// FOLDER has node_modules. FILE gets OTLP JSON, one request per line.
import { appendFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [url, file, folder] = process.argv.slice(2);
const installed = createRequire(join(folder, "package.json"));
const load = (name) => import(pathToFileURL(installed.resolve(name)));
const { generateText, jsonSchema, streamText, tool } = await load("ai");
const { createOpenAICompatible } = await load("@ai-sdk/openai-compatible");
const { SpanKind, context, trace } = installed("@opentelemetry/api");
const { JsonTraceSerializer } = installed("@opentelemetry/otlp-transformer");
const { NodeTracerProvider, SimpleSpanProcessor } = installed("@opentelemetry/sdk-trace-node");

const exporter = {
  export(spans, done) {
    appendFileSync(file, `${new TextDecoder().decode(JsonTraceSerializer.serializeRequest(spans))}\n`);
    done({ code: 0 });
  },
  shutdown: async () => {},
};
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
provider.register();

const models = createOpenAICompatible({ name: "shop", baseURL: `${url}/v1`, apiKey: "none", includeUsage: true });
const asked = (number, model) => ({
  model: models(model),
  system: "Be brief.",
  prompt: "What is a monoid?",
  maxOutputTokens: 200,
  temperature: 0.5,
  maxRetries: 0,
  tools: {
    look_up: tool({
      description: "Look up.",
      inputSchema: jsonSchema({ type: "object", properties: { word: { type: "string" } } }),
    }),
  },
  experimental_telemetry: { isEnabled: true, metadata: { userId: `acct-${number}` } },
  onError: () => {},
});
const calls = [
  () => generateText(asked(0, "large-1")),
  () => streamText(asked(1, "large-1")).consumeStream(),
  () => generateText(asked(2, "large-busy")),
];
const tracer = trace.getTracer("shop");
for (const call of calls) {
  const attributes = { "client.address": "203.0.113.9", "user_agent.original": "shop/1.0" };
  const span = tracer.startSpan("POST /ask", { kind: SpanKind.SERVER, attributes });
  await context.with(trace.setSpan(context.active(), span), () => Promise.resolve(call()).catch(() => {}));
  span.end();
}
await provider.shutdown();
