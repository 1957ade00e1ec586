// @ts-check
// English. The other languages have the same keys; TypeScript compares them with this one.

import { choosing } from "./en/choosing.js";
import { coach } from "./en/coach.js";
import { group } from "./en/group.js";
import { history } from "./en/history.js";
import { invitations } from "./en/invitations.js";
import { live } from "./en/live.js";
import { interruptions, problems, trouble } from "./en/problems.js";
import { phone } from "./en/phone.js";
import { report } from "./en/report.js";
import { stage } from "./en/stage.js";
import { upload, uploadErrors } from "./en/upload.js";

export const en = {
  choosing, coach, group, history, interruptions, invitations, live, phone, problems, report, stage, trouble,
  upload, uploadErrors,
};
