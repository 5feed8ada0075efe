/** Expressions for the page of the playground. What runs in the page is a string: the tests have no business with a document. */
const ROOT = `document.querySelector('.playground-host').shadowRoot`;

export const IN_PLAYGROUND = {
  root: ROOT,
  isAnswered: `(${ROOT}?.querySelector('[role=status]:not(:empty)') != null && ${ROOT}.querySelector('.result').childElementCount > 0)`,
  result: `${ROOT}.querySelector('.result').textContent`,
};
