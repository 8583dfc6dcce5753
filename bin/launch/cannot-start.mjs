/** Ends the command with a sentence instead of a stack trace: what happened, and what to do about it. */
export class CannotStart extends Error {}
