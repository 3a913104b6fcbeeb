import { mount } from "svelte";
import Compose from "./compose/Compose.svelte";
import "./look/tokens.css";
import "./look/base.css";
import { LANGUAGE } from "./locales";
import { refuseStrayDrops } from "./window";

document.documentElement.lang = LANGUAGE;
refuseStrayDrops();
mount(Compose, { target: document.body });
