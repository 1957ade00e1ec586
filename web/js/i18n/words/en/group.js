// @ts-check
// Several dancers before one camera.

export const group = {
  howMany: "How many dance in front of the camera?",
  one: "1 dancer",
  nameOf2: "Name of dancer 2", nameOf3: "Name of dancer 3", nameOf4: "Name of dancer 4",
  order: "Dancer 1 stands on the left of your mirrored picture. Keep an arm’s length between you.",
  /** @param {number} number */
  dancer: (number) => `Dancer ${number}`,
  /** @param {string} name @param {string} hint */
  hintFor: (name, hint) => `${name}: ${hint}`,
  scores: "Scores",
  together: "Together",
  whose: "Whose report is shown",
  passages: "Who danced which passage best",
  best: "the best",
  even: "You were even.",
  /** @param {string} name @param {number} won @param {number} of */
  wonMost: (name, won, of) => `${name} was the best in ${won} of ${of} passages.`,
};
