// @ts-check
// A phone as the camera: the dialog on the stage, and the phone's own page.

/** @typedef {"none" | "joining" | "connected" | "slow" | "hidden" | "interrupted" | "refused" | "no_picture" | "silent" | "lost" | "left"} PhoneState */

export const phone = {
  /** On the stage. */
  use: "Use a phone as camera", change: "Change the camera",
  title: "Use a phone as camera",
  scan: "Scan this with the phone’s camera, or open",
  type: "and type this code:",
  /** @param {string} left how long the code holds, "1:52" */
  holds: (left) => `It serves once, for ${left}.`,
  local: "Other devices do not reach this address: start the server with “make lan”.",
  renew: "Show a new code", close: "Close", qr: "QR code of the phone’s link",
  needsWebRtc: "A phone needs WebRTC, which does not get through here.",
  caption: "You, seen by the phone",
  own: "Use this device’s camera", back: "Use the phone again",
  /** How the phone is, for the one who stands before the screen. @type {Record<PhoneState, string>} */
  states: {
    none: "No phone is connected.",
    joining: "The phone is connecting …",
    connected: "The phone is the camera now.",
    slow: "The phone sends few pictures: it needs more light, or better Wi-Fi.",
    hidden: "The phone shows something else: bring its page back.",
    interrupted: "The phone’s camera is taken, by a call perhaps.",
    refused: "The phone’s pictures cannot be used.",
    no_picture: "The phone sends no picture: is its screen locked?",
    silent: "Nothing comes from the phone: is it out of Wi-Fi or battery?",
    lost: "The connection to the phone was lost. It comes back by itself.",
    left: "The phone has stopped being the camera.",
  },

  /** On the phone. */
  page: "Camera for Tandem",
  heading: "This phone is the camera",
  about: "Stand it upright, two or three metres away, as high as your hips. The lesson is on the other screen.",
  begin: "Start the camera", code: "Code on the screen", connect: "Connect", again: "Try again",
  turn: "Other camera", end: "End lesson", picture: "What the camera sees",
  opening: "Allow the camera, please", connecting: "Connecting …", reconnecting: "Lost the server. Connecting again …",
  screenGone: "The other screen is gone. Waiting for it …", interrupted: "Something else has the camera: a call?",
  placed: "It sees you well", watching: "Looking for you …", filming: "Filming", starts: "It begins!",
  paused: "The lesson waits", resting: "The screen uses another camera",
  /** What to do with the phone, by the server's code. @type {Record<string, string>} */
  stand: {
    nobody: "Point it at the dancer",
    crowd: "Nobody but the dancers in the picture, please",
    near: "Farther back",
    head: "Tilt it up a little",
    feet: "Lower, or tilt it down",
    far: "Closer",
    aside_left: "Turn it a little to the dancer",
    aside_right: "Turn it a little to the dancer",
    dark: "More light, please",
    hands: "Both hands have to show",
    upside_down: "Turn the phone the right way up",
  },
  slow: "Few pictures arrive: more light, or better Wi-Fi",
  refused: "The server cannot use these pictures:",
  ended: "The lesson is over",
  /** @param {string} score */
  score: (score) => `${score} points`,
  /** Why it is not the camera, by the server's code. @type {Record<string, string>} */
  problems: {
    unknown_pairing: "This code is not the one on the screen. Look again, please.",
    pairing_expired: "This code was valid for two minutes. Show a new one on the screen.",
    pairing_used: "This code was used already. Show a new one on the screen.",
    unknown_session: "The lesson of this code is over. Start it again on the screen.",
    too_many_misses: "Too many wrong codes. Wait a minute, then try again.",
    too_many_offers: "Too many tries came from here. Wait a moment, then try again.",
    camera_replaced: "Another phone is the camera now.",
    no_pairing: "This lesson cannot have a phone as its camera.",
    unreachable: "The server does not answer. Is this phone in the same network?",
    "no-path": "The video cannot get through: a firewall or VPN may block it.",
  },
};
