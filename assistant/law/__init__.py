"""The law's own shapes: locators, citations, instruments and their versions, provisions."""
