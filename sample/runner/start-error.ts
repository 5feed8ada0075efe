/** Something that whoever started the sample can put right: the message is all there is to say, and no stack is shown. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
