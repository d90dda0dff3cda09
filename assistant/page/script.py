"""What Streamlit runs for `policy-assistant serve`; `app.py` in a checkout does the same."""

from assistant.page.main import show

if __name__ == "__main__":
    show()
