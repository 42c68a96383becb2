// What a violation says in a language, from the gateway's own catalogue of it.

/** The message of a violation; counts names the param that each message counts. */
export function say(catalogue, counts, { code, params, message }) {
  if (!catalogue) return message; // English is in the rules
  if (params?.within) {
    const said = sentence(catalogue, counts, code, params);
    return said && sentence(catalogue, counts, "within", { message: said }) || message;
  }
  return sentence(catalogue, counts, code, params) ?? message;
}

function sentence(catalogue, counts, code, params = {}) {
  const key = params.reason ? `${code}.${params.reason}` : code;
  const forms = catalogue.messages[key];
  if (forms === undefined) return undefined;
  const text = typeof forms === "string" ? forms : forms[plural(catalogue, params[counts[key]])] ?? forms.other;
  return text.replace(/\{(\w+)\}/g, (_, name) => value(catalogue, name, params[name]));
}

function plural(catalogue, n) {
  return typeof n === "number" ? new Intl.PluralRules(catalogue.language).select(n) : "other";
}

function value(catalogue, name, param) {
  const word = (v) => catalogue.words?.[name]?.[v] ?? v;
  if (Array.isArray(param)) return param.map(word).join(name === "punctuation" ? " " : catalogue.separator ?? ", ");
  if (typeof param === "number") return new Intl.NumberFormat(catalogue.language, { maximumFractionDigits: 17 }).format(param);
  return word(param);
}
