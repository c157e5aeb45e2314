// Progressive enhancement of the panel: everything also works without these scripts.
import "./path.js";
import "./guard.js";
import "./drafts.js";
import "./editors.js";
import "./toolbar.js";
import "./word-count.js";
import "./files.js";
import "./moments.js";
import "./time-zone.js";
import "./destination.js";
import "./preview.js";
import "./page-fields.js";
import "./rows.js";
import "./order.js";
import "./levels.js";
import "./times.js";
import "./problems.js";
