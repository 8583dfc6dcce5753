/**
 * Text at the right edge or in the middle that changes while one looks. It is replaced as a whole: text that grows
 * would have its beginning move, which eyes (and the layout shift score of browsers) notice.
 */
export const Still = ({ text }: { text: string }) => <span key={text}>{text}</span>
