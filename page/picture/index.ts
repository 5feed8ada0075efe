/** The picture of an exchange between a page, a browser and an API: the story of it, and the drawing. Knows no more of a page than that. */
export { corsCheck, needsPreflight, ownHeaders } from './checks.js';
export { element, unbroken } from './element.js';
export { drawLanes, drawNothing, drawStory, viewPicture, type PictureView } from './picture.js';
export { tell } from './story.js';
export type {
  Asked,
  Cure,
  Diagnosis,
  Exchange,
  Facts,
  HeaderLine,
  Lane,
  Outcome,
  ShownHeader,
  Step,
  Story,
  Tone,
} from './types.js';
