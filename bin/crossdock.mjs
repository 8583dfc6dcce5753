#!/usr/bin/env node
// The command `crossdock`. Works in a fresh clone, before and after installation, and as an installed package.
import { launch } from './launch/launch.mjs'

await launch(process.argv.slice(2))
