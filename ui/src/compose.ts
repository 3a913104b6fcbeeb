import { mount } from "svelte";
import Compose from "./compose/Compose.svelte";
import "./look/tokens.css";
import "./look/base.css";
import { LANGUAGE } from "./locales";
import { followTheme } from "./look/theme.svelte";
import { refuseStrayDrops } from "./window";

document.documentElement.lang = LANGUAGE;
refuseStrayDrops();
followTheme();
mount(Compose, { target: document.body });
