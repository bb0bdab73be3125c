/** Why an image is not read; its text is the reason alone, as `it is cut short`. */
export class UnreadableImage extends Error {}
