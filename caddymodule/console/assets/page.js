// What every part of the page needs.

/** An element of the page. */
export const $ = (id) => document.getElementById(id);
/** A new element, with its properties and what is in it. */
export const element = (name, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};

/** Why something could not be done, in words for the person. */
export class Trouble extends Error {}

/** fetch that says what it was that has not answered. */
export async function ask(address, options) {
  try {
    return await fetch(address, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Trouble(`No answer from ${address}: is the gateway running, and are you still on its network?`);
  }
}

/** What an address answers, as JSON. */
export async function json(address, options) {
  const answer = await ask(address, options);
  if (!answer.ok) throw new Trouble(`${address} is answered ${answer.status}.`);
  return answer.json();
}

/** Puts into an element what there is to tell, in place of what was there. */
export function tell(id, ...children) {
  $(id).replaceChildren(...children);
}
