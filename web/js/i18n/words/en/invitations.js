// @ts-check
// Invitations: who may come, and inviting others.

/** @import { Role } from "../../../invitations/invitation_api.js" */

export const invitations = {
  needed: "You need an invitation",
  paste: "Paste the link", enter: "Come in",
  noLink: "This is no link of an invitation: paste all of it, with what follows the #.",
  /** Why the server lets nobody in here, by its code. @type {Record<string, string>} */
  reasons: {
    invitation_needed: "Open the link or scan the code that you were given.",
    invitation_expired: "Your invitation has ended. Ask whoever invited you for a new one.",
    invitation_revoked: "Your invitation was revoked. Ask whoever invited you for a new one.",
    bad_invitation: "This invitation is not of this server, or all invitations were renewed since. "
      + "Open the whole link again, or ask for a new one.",
    too_many_requests: "Too many requests came with this invitation or from your network. Try again in a minute.",
    invitations_unavailable: "The server cannot check invitations at the moment. Try again soon.",
    local_check_busy: "Too many programs ask the server at once. Try again soon.",
    unknown_invitation: "This invitation has ended already.",
    cross_site: "Your browser says that another page asks. Open this page by itself.",
  },
  /** What keeps a link that is tried again, by its code. @type {Record<string, string>} */
  waiting: {
    unreachable: "The server does not answer at the moment, so this page tries your link again by itself.",
    too_many_requests: "Many links are opened from your network at once, so this page tries yours again by itself.",
    invitations_unavailable: "The server cannot check invitations at the moment, so this page tries again by itself.",
    local_check_busy: "Too many programs ask the server at once, so this page tries again by itself.",
  },
  moment: "One moment", retry: "Try again now",
  title: "Invite",
  forget: "Forget the invitation",
  operator: "You run this server.",
  /** @param {string} name "" without one @param {string} role @param {string} until */
  hereAs: (name, role, until) => `You are here as ${name ? `${name}, ${role.toLowerCase()},` : `a ${role.toLowerCase()}`} until ${until}.`,
  /** @type {Record<Role, string>} */
  roles: { learner: "Learner", teacher: "Teacher" },
  name: "Name",
  nameNote: "Results are kept under it. Without a name, the link is for as many as you like, and each chooses one.",
  role: "May come as", lesson: "Lesson", allLessons: "All lessons", lasts: "For",
  times: { hour: "an hour", halfDay: "12 hours", week: "a week", month: "30 days" },
  make: "Make a link",
  made: "The link",
  madeNote: "Whoever has it comes in. It is shown only now: copy it, or let them scan the code.",
  link: "Link of the invitation", qr: "QR code of the link",
  copy: "Copy", copied: "Copied.", copyByHand: "Press Ctrl+C to copy it.",
  list: "Invitations that hold", none: "Nobody is invited yet.",
  anybody: "Whoever has the link",
  /** @param {string} at */
  until: (at) => `until ${at}`,
  revoke: "Revoke", revoked: "Revoked",
  /** @param {string} who */
  revokeOf: (who) => `Revoke the invitation: ${who}`,
};
