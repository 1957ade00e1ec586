// @ts-check
// English, which the other languages are measured by: each has the same words under the same names.

import { choosing } from "./en/choosing.js";
import { coach } from "./en/coach.js";
import { history } from "./en/history.js";
import { interruptions, problems, trouble } from "./en/problems.js";
import { report } from "./en/report.js";
import { stage } from "./en/stage.js";

export const en = {
  choosing, coach, history, interruptions, problems, report, stage, trouble,
};
