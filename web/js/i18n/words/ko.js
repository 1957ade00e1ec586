// @ts-check
// 한국어. 말투는 해요체로 짧게.

import { choosing } from "./ko/choosing.js";
import { coach } from "./ko/coach.js";
import { group } from "./ko/group.js";
import { history } from "./ko/history.js";
import { invitations } from "./ko/invitations.js";
import { live } from "./ko/live.js";
import { interruptions, problems, trouble } from "./ko/problems.js";
import { phone } from "./ko/phone.js";
import { report } from "./ko/report.js";
import { stage } from "./ko/stage.js";
import { upload, uploadErrors } from "./ko/upload.js";

/** @import { en } from "./en.js" */

/** @type {typeof en} */
export const ko = {
  choosing, coach, group, history, interruptions, invitations, live, phone, problems, report, stage, trouble,
  upload, uploadErrors,
};
