import { mount } from "svelte";
import Main from "./Main.svelte";
import { start } from "./app.svelte";
import "./look/tokens.css";
import "./look/base.css";
import { LANGUAGE } from "./locales";
import { followTheme } from "./look/theme.svelte";
import { refuseStrayDrops } from "./window";

document.documentElement.lang = LANGUAGE;
refuseStrayDrops();
followTheme();
mount(Main, { target: document.body });
void start();
