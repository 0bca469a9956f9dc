"""What a page of questions shows and what comes back of it, whatever draws it: the web form, Slack or Teams."""
