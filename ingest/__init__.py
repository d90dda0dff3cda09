"""From the publisher's file to provisions in the store: recognise, parse, split, embed, store, fetch."""
