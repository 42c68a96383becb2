// What an answer says, in one sentence for a person: of a gate, of the customer service,
// and of whatever else may stand in between.

/** The outcome of a request: { good, text, language, violations }. */
export function outcomeOf({ status, statusText, headers }, content, sent) {
  const list = content?.error?.details ?? content?.errors; // in the envelope, or in a problem (RFC 9457)
  const violations = Array.isArray(list) ? list : [];
  const good = status >= 200 && status < 300 && content?.success !== false;
  const language = headers.get("content-language") ?? "en";
  if (good) return { good, text: `${status}: accepted.`, language: "en", violations };
  const message = content?.error?.message ?? content?.title ?? content?.message;
  const said = typeof message === "string" && message ? message : explanations[status] ?? statusText;
  const hints = [tokenHint(status, sent), retryHint(headers.get("retry-after"))].filter(Boolean);
  return { good, text: [`${status}: ${said}`, ...hints].join(" "), language: said === message ? language : "en", violations };
}

// explanations are of answers that do not explain themselves: they come from the customer
// service, or from a gateway that has none.
const explanations = {
  401: "The customer service does not know who this is.",
  403: "The customer service does not allow it.",
  404: "There is nothing at this path: does the console's option server say what stands before it?",
  413: "The body is too large for the gateway or a proxy before it.",
  429: "Too many requests.",
  500: "The customer service or the gateway has failed.",
  502: "The gateway took it, and the customer service behind it does not answer.",
  503: "The gateway or the customer service behind it is not there for now.",
  504: "The gateway took it, and the customer service behind it takes too long.",
};

/** Stands in for a token that only a customer has. */
export const sampleToken = "example-token";

function tokenHint(status, sent) {
  if ((status !== 401 && status !== 403) || !Object.values(sent).includes(sampleToken)) return "";
  return "The token is an example of this page: write one of yours into the headers.";
}

function retryHint(retryAfter) {
  if (!retryAfter) return "";
  const seconds = /^\d+$/.test(retryAfter) ? Number(retryAfter) : Math.ceil((Date.parse(retryAfter) - Date.now()) / 1000);
  if (!(seconds > 0)) return "Try again now.";
  const [count, unit] = seconds < 120 ? [seconds, "second"] : [Math.ceil(seconds / 60), "minute"];
  return `Try again in ${count} ${unit}${count === 1 ? "" : "s"}.`;
}
