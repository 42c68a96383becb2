/** Loads the rules, once. They are beside this file unless a source says otherwise. */
export function load(source?: URL | BufferSource): Promise<Validation>;

export interface Validation {
  /** Makes the rules of one endpoint. It throws where settings make no sense, and says what to change. */
  compile(settings?: Settings): Rules;
}

/** What a gate is told in JSON. Everything has the gate's own default. */
export interface Settings {
  endpoint?: "register_customer" | "edit_profile" | "login" | "change_password";
  /** An endpoint of your own, in place of a built-in one. */
  custom?: { subject: string; fields: Field[] };
  /** Further members of the body that pass; `["*"]` for all. */
  allow_fields?: string[];
  rules?: {
    /** Characters of a name. Default: 2 to 50. */
    name_length?: { min: number; max: number };
    name_punctuation?: string[];
    /** Years. Default: 18 to 120. */
    age?: { min: number; max: number };
    /** The IANA name of the zone whose date counts for ages. Default: UTC. */
    timezone?: string;
    phone?: "strict" | "normalize";
    /** The least number of characters of a password. Default: 8. */
    password_length?: number;
    /** What is left of a password without what is common. Default: 7. */
    password_points?: number;
    /** Further common words. A gate has them in a file. */
    password_words?: string[];
    /** What comes of values that break a rule. Default: enforce. */
    codes?: Record<string, "enforce" | "monitor" | "off">;
  };
}

export interface Field {
  name?: string;
  type: "text" | "flag" | "number" | "object" | "list" | "barred";
  required?: boolean;
  required_with?: string;
  sealed?: boolean;
  claimed?: boolean;
  account?: boolean;
  unique?: boolean;
  bounds?: { min: number; max: number };
  one_of?: string[];
  rules?: { rule: string; arguments?: string[] }[];
  members?: Field[];
  item?: Field;
}

export interface Rules {
  /** Judges a body, given as JSON text or as what becomes one, whose secrets are not encrypted. */
  check(body: string | object, now?: Date): Verdict;
}

/** What is wrong with a body. It is good if it has a `body`. */
export type Verdict =
  | { violations: Violation[]; relaxed: Violation[]; sealed: false; /** Normalised, as the customer service gets it. */ body?: string; malformed?: undefined }
  /** Secrets are encrypted: all else has been judged. */
  | { violations: Violation[]; sealed: true; relaxed?: undefined; body?: undefined; malformed?: undefined }
  /** It is no JSON that every parser reads alike. */
  | { malformed: { fault: string; reason: string; offset: number }; violations?: undefined; relaxed?: undefined; sealed?: undefined; body?: undefined };

export interface Violation {
  /** A JSON pointer (RFC 6901) to the value. */
  pointer: string;
  /** Stable, for programs. */
  code: string;
  /** English, for people. It never has the value in it. */
  message: string;
  /** The figures and names in the message. */
  params: Record<string, number | string | boolean | string[]>;
}
